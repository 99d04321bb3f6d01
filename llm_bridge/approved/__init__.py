"""Approved replies: texts that a person of the company answers for, given word for word."""
