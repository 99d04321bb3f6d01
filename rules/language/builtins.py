"""Entities that need no pattern of the editor's: `builtin: email` and its like."""

from __future__ import annotations

from rules.language.patterns import Pattern, parse_pattern

PLANNED = ("date", "money", "number", "phone")

_HOST = r"[\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+"

BUILTINS: dict[str, Pattern] = {
    "email": parse_pattern(rf"[\pL\pN._%+-]+@{_HOST}"),
    # A full stop or bracket behind an address belongs to the sentence.
    "url": parse_pattern(r"""(?i)https?://[^\s<>"']*[^\s<>"'.,;:!?)\]}]"""),
}
