"""The kinds of built-in entities, and what finding one gives."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from rules.language.facts import Scalar
from rules.language.patterns import Pattern, parse_pattern

Builtin: TypeAlias = Literal["date", "money", "number", "phone"]  # found by libraries, on request

MAX_FOUND = 20  # values of one kind in one text
MAX_CANDIDATES = 50  # stretches of one text that a library is asked about

_HOST = r"[\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+"

PATTERNS: dict[str, Pattern] = {
    "email": parse_pattern(rf"[\pL\pN._%+-]+@{_HOST}"),
    # A full stop or bracket behind an address belongs to the sentence.
    "url": parse_pattern(r"""(?i)https?://[^\s<>"']*[^\s<>"'.,;:!?)\]}]"""),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of the text as written and the value it stands for."""

    start: int
    end: int
    value: Scalar
    amount: int | float | None = None  # of money
    currency: str | None = None  # of money: three letters
