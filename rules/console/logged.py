"""What visitors really wrote, for pages that try it; whoever keeps the log provides it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.decision import Situation
from rules.models import Rulebook


@dataclass(frozen=True, slots=True)
class Logged:
    """A question as it was asked, with what the rules saw; `url` shows how it was answered."""

    situation: Situation
    at: datetime
    url: str = ""


Source = Callable[[Rulebook, int], Sequence[Logged]]
_sources: list[Source] = []


def provide_logged(source: Source) -> None:
    """By whoever keeps the log: a source of the newest questions, at most so many."""
    _sources[:] = [source]


def find_logged(rulebook: Rulebook, most: int) -> Sequence[Logged]:
    """The newest first; none where nobody keeps a log."""
    return _sources[0](rulebook, most) if _sources else ()
