"""The demo shop's orders: what its rulebook's webhook `order_lookup` is answered."""

from __future__ import annotations

import re
import zlib
from datetime import date, timedelta
from typing import Any

NUMBER = re.compile(r"[A-Z]{2}-?\d{6}", re.IGNORECASE)
_ITEMS = (
    "an Aria kettle",
    "a Heron gooseneck kettle",
    "a Duo toaster",
    "a Mill hand grinder and a Bistro coffee press",
    "a Forte moka pot",
)
_CARRIERS = ("DHL", "DPD", "Royal Mail")


def build_order(number: str, *, today: date) -> dict[str, str]:
    """Where an invented order stands: the last digit decides, so that every case can be tried.

    0 to 2 is being packed, 3 to 7 on its way, 8 and 9 delivered; ZZ-… is nobody's.
    """
    if not NUMBER.fullmatch(number) or number[:2].upper() == "ZZ":
        return {"status": "unknown"}
    digit, luck = int(number[-1]), zlib.crc32(number.upper().encode())
    order = {"items": _ITEMS[luck % len(_ITEMS)]}
    if digit <= 2:
        return {**order, "status": "packing", "leaves": _write_day(_find_workday(today, 1))}
    order["carrier"] = _CARRIERS[luck % len(_CARRIERS)]
    if digit <= 7:
        return {
            **order,
            "status": "shipped",
            "arrives": _write_day(_find_workday(today, digit - 1)),
        }
    return {**order, "status": "delivered", "arrives": _write_day(_find_workday(today, -digit + 6))}


def find_number(body: Any) -> str:
    """The order number in what the webhook is sent; empty where there is none."""
    facts = body.get("facts") if isinstance(body, dict) else None
    number = facts.get("slot.order_number") if isinstance(facts, dict) else None
    return number.strip() if isinstance(number, str) else ""


def _find_workday(today: date, days: int) -> date:
    """So many days on or back, and never a weekend."""
    day = today + timedelta(days=days)
    while day.weekday() >= 5:
        day += timedelta(days=1 if days > 0 else -1)
    return day


def _write_day(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B}"
