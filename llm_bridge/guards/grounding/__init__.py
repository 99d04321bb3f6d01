"""Whether an answer says only what its sources and the conversation say."""
