"""What currencies are called in a language: signs, codes and names, most of them from CLDR."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.core import Locale, get_global
from babel.numbers import get_currency_name, get_territory_currencies

from rules.language.builtins.locales import find_locale, find_territory
from rules.language.builtins.numbers import is_word_part

_CACHED = 64  # languages: visitors name them
_DAY = date(2026, 1, 1)  # whose money counts; a fixed day, so that nothing depends on the clock

# Signs that mean one currency wherever the language does not say otherwise.
_SIGNS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW",
    "₪": "ILS", "₺": "TRY", "₴": "UAH", "₫": "VND", "฿": "THB", "₦": "NGN", "₱": "PHP",
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "R$": "BRL", "MX$": "MXN", "zł": "PLN", "Kč": "CZK",
    "Fr.": "CHF",
    "円": "JPY", "元": "CNY", "원": "KRW", "บาท": "THB", "ドル": "USD", "ユーロ": "EUR",
    "欧元": "EUR", "美元": "USD", "日元": "JPY", "달러": "USD", "유로": "EUR",
}  # fmt: skip
# Names that CLDR only gives with their country: `US dollars`.
_NAMES = {
    "EUR": "euro|euros|euroa|eur|євро|евро|يورو|אירו",
    "GBP": "pound|pounds|quid|pfund|libras esterlinas|livres sterling|sterline|funtów",
    "CHF": "franken|francs suisses|fränkli",
    "PLN": "złoty|złote|złotych|zlotys|zloty",
    "RUB": "рубль|рубля|рублей|руб",
    "JPY": "yen|yenes",
    "ILS": "שקל|שקלים|shekel|shekels",
    "TRY": "lira|türk lirası|tl",
    "SEK": "kronor|krona",
    "CZK": "korun|koruna|koruny",
}
_DOLLARS = (
    "dollar|dollars|dólar|dólares|dollari|dollaro|dolar|dolarów|доллар|доллара|долларов|دولار|דולר"
)
_CROWNS = {"SE": "SEK", "NO": "NOK", "DK": "DKK"}
# Codes that are words as well: only behind the number, and in capitals.
_WORDS = frozenset({"ALL", "TRY", "TOP", "CUP", "PEN", "SOS", "GEL", "MOP", "BAM", "RON", "MAD"})
_COMMON = frozenset({"eur", "usd", "gbp", "chf", "jpy", "pln", "sek", "nok", "dkk", "czk", "huf"})

_NAME = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+){0,2}")
_LAST_RUN = re.compile(r"[^\s\d]{1,6}\Z")


@dataclass(frozen=True, slots=True)
class Currencies:
    """By name (casefolded), by sign, by code in capitals."""

    names: Mapping[str, str]
    signs: Mapping[str, str]
    codes: frozenset[str]
    sign: re.Pattern[str]

    def find_at_start(self, text: str) -> tuple[str, int] | None:
        """The currency that a text begins with, and where its name ends."""
        for end in self._find_ends(text):
            if name := self.names.get(text[:end].casefold()) or self._find_code(text[:end]):
                return name, end
        if (match := self.sign.match(text)) and not self._goes_on(text, match.end()):
            return self.signs[match[0]], match.end()
        return None

    def find_at_end(self, text: str) -> tuple[str, int] | None:
        """The currency whose sign or code a text ends with, and where that starts."""
        if (match := _LAST_RUN.search(text)) is None:
            return None
        run = match[0]
        for start in range(len(run)):
            found = self.signs.get(run[start:]) or self._find_code(run[start:], before=True)
            if found and not self._began_before(text, match.start() + start):
                return found, match.start() + start
        return None

    def _find_ends(self, text: str) -> Iterator[int]:
        match = _NAME.match(text)
        end = match.end() if match else 0
        while end > 0:
            yield end
            end = max(text.rfind(" ", 0, end), text.rfind("-", 0, end))

    def _find_code(self, text: str, *, before: bool = False) -> str | None:
        if text in _COMMON or text in self.codes:
            return None if before and text in _WORDS else text.upper()
        return None

    def _goes_on(self, text: str, end: int) -> bool:
        return is_word_part(text[end - 1]) and is_word_part(text[end : end + 1] or " ")

    def _began_before(self, text: str, start: int) -> bool:
        """A sign stands for itself even behind a letter; letters must begin a word."""
        return is_word_part(text[start]) and is_word_part(text[start - 1 : start] or " ")


@lru_cache(maxsize=_CACHED)
def find_currencies(language: str) -> Currencies:
    """What a `$` or a crown is depends on the territory of the language."""
    locale, own = find_locale(language), _find_own(language)
    codes = _find_codes()
    signs = {**_SIGNS, **{sign: code for code, sign in _find_signs(locale, codes).items()}}
    if own is not None:
        signs[_find_sign(locale, own)] = own
    names = {**_find_names(locale, codes), **_find_nouns(own)}
    return Currencies(
        names=names,
        signs=signs,
        codes=codes,
        sign=re.compile("|".join(map(re.escape, sorted(signs, key=len, reverse=True)))),
    )


def _find_own(language: str) -> str | None:
    territory = find_territory(language)
    found = get_territory_currencies(territory, _DAY) if territory else []
    return str(found[0]) if found else None


@lru_cache(maxsize=1)
def _find_codes() -> frozenset[str]:
    """Codes of what is paid with somewhere."""
    territories = get_global("territory_currencies")
    return frozenset(
        code
        for entries in territories.values()
        for code, _, end, tender in entries
        if tender and end is None
    )


def _find_signs(locale: Locale, codes: frozenset[str]) -> dict[str, str]:
    """Signs of the locale that are not the code itself; of two alike the common one stays."""
    found = {}
    for code, sign in locale.currency_symbols.items():
        if code in codes and sign != code and len(sign) <= 5 and sign not in _SIGNS:
            found[code] = sign
    return found


def _find_sign(locale: Locale, code: str) -> str:
    return str(locale.currency_symbols.get(code, code))


def _find_names(locale: Locale, codes: frozenset[str]) -> dict[str, str]:
    return {
        get_currency_name(code, count=count, locale=locale).casefold(): code
        for code in sorted(codes)
        for count in (None, 1, 2, 5)
    }


def _find_nouns(own: str | None) -> dict[str, str]:
    names = {name: code for code, all_names in _NAMES.items() for name in all_names.split("|")}
    dollar = own if own in {"USD", "AUD", "CAD", "NZD", "SGD", "HKD"} else "USD"
    names |= dict.fromkeys(_DOLLARS.split("|"), dollar)
    if own in _CROWNS.values():
        names |= dict.fromkeys(("kr", "kroner", "kronor", "krone", "krona"), str(own))
    return names
