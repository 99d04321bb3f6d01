"""What the bridge adds to a model's own time."""
