"""What the stores of the two databases share."""

from __future__ import annotations


class Refused(Exception):
    """The database refuses at least one of the entries, whenever it is tried."""
