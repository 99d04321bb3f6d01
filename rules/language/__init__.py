"""How messages and rules are worded: text, words, phrases, patterns, facts."""
