"""What attackers and leading questions get out of the whole hybrid, with and without guards."""
