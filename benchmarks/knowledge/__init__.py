"""Whether search finds the help article that answers a question, and nothing where none does."""
