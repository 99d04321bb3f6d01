"""Amounts of money as people read and write them: dollars outside, micro-dollars inside."""

from __future__ import annotations

from decimal import Decimal

MICROS = 1_000_000
CENT = MICROS // 100


def build_dollars(micros: int) -> str:
    """`$1,234.50`; below a cent as many digits as it takes to see something: `$0.0042`."""
    dollars = Decimal(micros) / MICROS
    if micros == 0 or abs(micros) >= CENT:
        return f"${dollars:,.2f}"
    return f"${dollars:.4f}" if abs(micros) >= 100 else "less than $0.0001"


def to_micros(dollars: Decimal) -> int:
    return int(dollars * MICROS)


def to_dollars(micros: int) -> Decimal:
    """With cents, and with more digits only where they say something."""
    dollars = Decimal(micros) / MICROS
    cents = dollars.quantize(Decimal("0.01"))
    return cents if cents == dollars else dollars.normalize()
