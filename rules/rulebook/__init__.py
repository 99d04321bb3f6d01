"""The rulebook: its parts as values, and the file they are read from and written to."""
