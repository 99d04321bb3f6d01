"""Ids of rows that come in time's order (UUID version 7), so that an id also says how new it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from uuid6 import uuid7


def build_id() -> UUID:
    """A new id, of the standard library's own type: JSON writers know no subclasses."""
    return UUID(int=uuid7().int)


def build_floor(moment: datetime) -> UUID:
    """Below every id made from `moment` (to the millisecond) on."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
