"""Questions that try to give the model orders: recognised by patterns first, by likeness second."""
