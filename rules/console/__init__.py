"""The editor's forms: pieces of the draft, each checked inside the whole rulebook."""
