"""The fast way to decide: matcher, program and durable-rules behind an index."""
