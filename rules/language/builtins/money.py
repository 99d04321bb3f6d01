"""Amounts of money: a number beside a currency's sign, code or name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

from rules.language.builtins.currencies import Currencies, find_currencies
from rules.language.builtins.kinds import Found
from rules.language.builtins.locales import find_locale
from rules.language.builtins.numbers import (
    Token,
    is_joined_after,
    is_joined_before,
    iterate_tokens,
    read_number,
    simplify,
)

_AROUND = 30  # characters before and after a number that may name its currency
_SPACES = 2  # between a number and its currency
_CENTS = re.compile(r" ?\d{2}(?!\d)(?![.,]\d)")


@dataclass(frozen=True, slots=True)
class _Mark:
    """What names the currency, and its place."""

    currency: str
    start: int
    end: int


def find_money(text: str, *, language: str) -> Iterator[Found]:
    """Amounts with their currencies, each mark used for one amount only."""
    locale, currencies = find_locale(language), find_currencies(language)
    used = 0  # where the last amount ended
    for token in iterate_tokens(text, locale):
        mark = _find_mark(text, token, currencies, used)
        amount = read_number(token.text, locale)
        if mark is None or amount is None:
            continue
        used = max(mark.end, token.end)
        if _is_clear(text, token, mark, amount):
            yield _build(amount, mark, token)


def _find_mark(text: str, token: Token, currencies: Currencies, used: int) -> _Mark | None:
    before = text[max(used, token.start - _AROUND) : token.start]
    trimmed = before.rstrip(" ")
    if len(before) - len(trimmed) <= _SPACES and (found := currencies.find_at_end(trimmed)):
        currency, start = found
        return _Mark(currency, token.start - len(before) + start, token.start)
    after = text[token.end : token.end + _AROUND]
    trimmed = after.lstrip(" ")
    if len(after) - len(trimmed) <= _SPACES and (found := currencies.find_at_start(trimmed)):
        currency, end = found
        return _Mark(currency, token.end, token.end + len(after) - len(trimmed) + end)
    return None


def _is_clear(text: str, token: Token, mark: _Mark, amount: Decimal) -> bool:
    """Neither `49 euros 90` nor `€ 1.234` in English nor `$5k`: how much is that?"""
    if _count_decimals(amount) > get_currency_precision(mark.currency):
        return False
    if mark.start < token.start:
        return not is_joined_after(text, token.end)
    return not is_joined_before(text, token.start) and not _CENTS.match(text, mark.end)


def _build(amount: Decimal, mark: _Mark, token: Token) -> Found:
    return Found(
        start=min(token.start, mark.start),
        end=max(token.end, mark.end),
        value=f"{_format(amount, mark.currency)} {mark.currency}",
        amount=simplify(amount),
        currency=mark.currency,
    )


def _format(amount: Decimal, currency: str) -> str:
    """With the digits that the currency has: `49.90`, `1000`."""
    return f"{amount:.{get_currency_precision(currency)}f}"


def _count_decimals(amount: Decimal) -> int:
    return -int(amount.normalize().as_tuple().exponent)
