"""How well the guards catch what they should, what they wrongly block, and what they cost."""
