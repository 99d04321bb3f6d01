"""A price list as a TOML file: `[provider]`, then `"model" = [{from, input, cached, output}]`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from llm_bridge.money.prices import MILLION, Price, PriceList

SHIPPED = Path(__file__).with_name("price_list.toml")
MOST = 100_000  # dollars for a million tokens: more is a slip of the key
_KEYS = {"from", "input", "cached", "output"}


class BadPriceList(ValueError):
    """The list makes no sense; the text says where and what is expected."""


@cache
def read_file(path: Path) -> PriceList:
    """Once a process: a new list counts after a restart. Raises BadPriceList."""
    try:
        return parse_prices(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadPriceList("it cannot be read") from error


def parse_prices(text: str) -> PriceList:
    """The prices of a TOML text: `[provider]`, then `"model" = [{from, input, cached, output}]`."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadPriceList(f"it is no TOML: {' '.join(str(error).split())}") from error
    return tuple(price for name, models in document.items() for price in _parse(name, models))


def _parse(provider: str, models: object) -> Iterator[Price]:
    for model, periods in _check_table(provider, models).items():
        where = f"[{provider}] {model}"
        if not isinstance(periods, list) or not periods:
            raise BadPriceList(f"{where}: give a list such as [{{from = 2026-01-01, …}}]")
        for period in periods:
            yield _parse_price(where, provider, model, _check_table(where, period))


def _parse_price(where: str, provider: str, model: str, period: Mapping[str, Any]) -> Price:
    if unknown := sorted(period.keys() - _KEYS):
        raise BadPriceList(f"{where}: {unknown[0]} is none of {', '.join(sorted(_KEYS))}")
    if missing := sorted(_KEYS - {"cached"} - period.keys()):
        raise BadPriceList(f"{where}: {missing[0]} is missing")
    valid_from = period["from"]
    if not isinstance(valid_from, date) or isinstance(valid_from, datetime):
        raise BadPriceList(f"{where}: from must be a day such as 2026-01-01")
    return Price(
        provider=provider,
        model=model,
        valid_from=valid_from,
        input=_parse_dollars(where, period["input"]),
        cached=_parse_dollars(where, period.get("cached", period["input"])),
        output=_parse_dollars(where, period["output"]),
    )


def _parse_dollars(where: str, value: object) -> int:
    """Micro-dollars from dollars; a fraction of one is rounded up."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadPriceList(f"{where}: prices are numbers, dollars for a million tokens")
    dollars = Decimal(value)
    if dollars.is_nan() or not 0 <= dollars <= MOST:
        raise BadPriceList(f"{where}: a price lies between 0 and {MOST:,}")
    return ceil(dollars * MILLION)


def _check_table(where: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadPriceList(f"{where}: a table is expected")
    return value
