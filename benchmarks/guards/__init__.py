"""What the guards catch, what they block wrongly, and what they cost."""
