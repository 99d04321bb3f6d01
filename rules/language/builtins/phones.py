"""Telephone numbers, by `phonenumbers`: valid ones only, in the international form E.164."""

import re
from collections.abc import Iterator

from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, format_number

from rules.language.builtins.kinds import MAX_CANDIDATES, Found
from rules.language.builtins.locales import find_territory

_LONGEST = 40  # characters of a stretch that may be one number
_STRETCH = re.compile(r"[+(]{0,2}[0-9](?:[ ()./+-]{0,3}[0-9]){5,}")


def find_phones(text: str, *, language: str) -> Iterator[Found]:
    """Numbers without a country code are read as of the language's territory."""
    region = find_territory(language)
    for number, stretch in enumerate(_STRETCH.finditer(text)):
        if number == MAX_CANDIDATES:
            return
        if stretch.end() - stretch.start() <= _LONGEST and _stands_alone(text, stretch):
            yield from _read(stretch[0], region, stretch.start())


def _stands_alone(text: str, stretch: re.Match[str]) -> bool:
    """Not a part of a word or of a code like `AB-123456`."""
    around = text[max(0, stretch.start() - 2) : stretch.start()], text[stretch.end() :][:1]
    return not (around[0][-1:].isalnum() or around[1].isalnum()) and not (
        around[0][-1:] in {"-", "_", "#"} and around[0][:1].isalnum()
    )


def _read(stretch: str, region: str | None, offset: int) -> Iterator[Found]:
    for match in PhoneNumberMatcher(stretch, region):
        yield Found(
            start=offset + match.start,
            end=offset + match.end,
            value=format_number(match.number, PhoneNumberFormat.E164),
        )
