"""What a model costs on a day, found in dated price lists; docs/money.md has the rules in words.

Money is counted in whole micro-dollars, millionths of a US dollar. A price is micro-dollars for a
million tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

MILLION = 1_000_000
UNKNOWN, LOCAL, OTHER = "unknown", "local", "other"

# The end of a name that only tells an edition of the same model.
_EDITION = re.compile(r"[-@:](20\d\d-?\d\d-?\d\d|\d{4}|latest)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One price as it stands in a list."""

    provider: str
    model: str
    valid_from: date
    input: int
    cached: int
    output: int

    @property
    def name(self) -> str:
        """How the ledger names the price it used."""
        return f"{self.provider} {self.model} {self.valid_from.isoformat()}"

    @property
    def is_known(self) -> bool:
        return self.provider != UNKNOWN

    def build_cost(self, *, prompt: int, cached: int, completion: int) -> int:
        """Micro-dollars for so many tokens, rounded up; `cached` are part of `prompt`."""
        cached = min(cached, prompt)
        total = (prompt - cached) * self.input + cached * self.cached + completion * self.output
        return -(-total // MILLION)


PriceList = Sequence[Price]


def find_price(
    *, provider: str, host: str, model: str, day: date, lists: Sequence[PriceList]
) -> Price:
    """The price of a provider's model on a day; of the lists, earlier ones go before later ones.

    The last list has a price for unknown models: there always is one.
    """
    steps: list[Callable[[PriceList], Price | None]] = [
        partial(_find_in, provider, model, day),
        partial(_find_named, model, day),
        partial(_find_in, UNKNOWN, model, day),
    ]
    if provider == OTHER and is_local(host):
        steps.insert(2, partial(_find_in, LOCAL, model, day))
    return next(found for step in steps for prices in lists if (found := step(prices)))


def is_local(host: str) -> bool:
    """Whether a host (with or without a port) is this machine or on a private network."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(name).is_private
    except ValueError:
        # A name without a dot is one of this network: a container, a machine in the same rack.
        return "." not in name or name.endswith((".localhost", ".local", ".internal"))


def _find_in(provider: str, model: str, day: date, prices: PriceList) -> Price | None:
    """Of a provider's prices that fit, the one that says most of the name; of these the newest."""
    section = (each for each in prices if each.provider == provider and each.valid_from <= day)
    fitting = (each for each in section if _fits(each.model, model))
    return max(fitting, key=lambda each: (_count_letters(each), each.valid_from), default=None)


def _find_named(model: str, day: date, prices: PriceList) -> Price | None:
    """What a model of this name costs elsewhere; where several sell it, the dearest counts."""
    name = model.rpartition("/")[2]
    sections = {price.provider for price in prices} - {UNKNOWN, LOCAL}
    named = [each for each in prices if _count_letters(each)] if name else []
    found = (_find_in(section, name, day, named) for section in sections)
    return max(filter(None, found), key=lambda each: each.input + each.output, default=None)


def _fits(pattern: str, model: str) -> bool:
    """Whether a list's name or pattern is this model or its edition of some day."""
    pattern, name = _fold(pattern), _fold(model)
    return fnmatchcase(name, pattern) or fnmatchcase(_EDITION.sub("", name), pattern)


def _fold(name: str) -> str:
    return name.lower().replace(".", "-")


def _count_letters(price: Price) -> int:
    return len(price.model.replace("*", ""))
