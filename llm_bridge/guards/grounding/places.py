"""Countries under their names in the languages of the widget, so that France is Frankreich."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from babel import Locale

from llm_bridge.guards.grounding.folding import fold
from llm_bridge.guards.grounding.vocabulary import LANGUAGES

MAX_WORDS = 4  # of a country's name
_EU = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
_SHORT = {
    "GB": ("uk", "britain", "england", "grossbritannien"),
    "US": ("usa", "us", "america"),
    "NL": ("holland",),
    "EU": (
        *("eu", "ue", "european union", "europaische union", "union europeenne", "union europea"),
        *("unione europea", "europese unie", "uniao europeia"),
    ),
}
_MORE = {name: code for code, names in _SHORT.items() for name in names}


@lru_cache(maxsize=1)
def _get_names() -> dict[str, str]:
    """Folded names to codes; only those of one country everywhere."""
    names: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "XA", "XB"}:
                names.setdefault(fold(name).replace("-", " ").replace("'", " "), code)
    return names | _MORE


def find_places(written: Sequence[str]) -> dict[int, tuple[str, int]]:
    """Of words as they stand, in order: where a country's name begins, its code and its words."""
    names, found, at = _get_names(), {}, 0
    while at < len(written):
        step = 1
        if written[at][:1].isupper():
            for count in range(MAX_WORDS, 0, -1):
                code = names.get(" ".join(map(fold, written[at : at + count])))
                is_word = code is not None and not (count == 1 and written[at] in {"Us", "It"})
                if code is not None and is_word:
                    found[at] = (code, count)
                    step = count
                    break
        at += step
    return found


def widen(places: frozenset[str]) -> frozenset[str]:
    """With all that lies within them."""
    return places | _EU if "EU" in places else places
