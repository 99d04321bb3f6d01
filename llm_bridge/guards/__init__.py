"""What a question passes before a model sees it, and an answer before a visitor does."""
