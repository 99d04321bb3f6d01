"""Limits on how much one visitor, one address and one site may do."""
