"""A model's answer: the form it should have, read as it arrives, released sentence by sentence."""
