"""How long a release takes from its commit to visitors, and what they notice of it."""
