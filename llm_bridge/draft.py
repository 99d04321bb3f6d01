"""An answer while it is being written: what arrived, and what of it may be shown already."""

from __future__ import annotations

from llm_bridge.guards import (
    LinkPolicy,
    cut_at_sentence,
    ends_sentence,
    find_release_point,
    guard_answer,
)

_SLACK = 200  # characters read beyond the limit, so that a cut finds its sentence's end


class Draft:
    """Collects the model's text and releases it guarded, whole words and links at a time."""

    def __init__(self, *, links: LinkPolicy, limit: int) -> None:
        self._links = links
        self._limit = limit
        self._pieces: list[str] = []
        self._length = 0
        self._held = ""
        self._released = 0

    @property
    def is_full(self) -> bool:
        """Nothing more is worth reading."""
        return self._length > self._limit + _SLACK

    def add(self, text: str) -> str:
        """Takes a piece in; returns what may be shown now, perhaps nothing."""
        self._length += len(text)
        self._pieces.append(text)
        self._held += text
        if not self._released:
            self._held = self._held.lstrip()
        if self.is_full:
            return ""
        return self._release(find_release_point(self._held))

    def finish(self) -> str:
        """The rest that may be shown, when the text is complete and short enough."""
        self._held = self._held.rstrip()
        return self._release(len(self._held)) if self._length <= self._limit else ""

    def build_answer(self, *, is_whole: bool) -> str:
        """The guarded text, within the limit; one that is not whole ends with a sentence."""
        text = guard_answer("".join(self._pieces)[: self._limit + _SLACK], links=self._links)
        text = text.strip()
        if not is_whole and not ends_sentence(text):
            return cut_at_sentence(text, limit=min(self._limit, len(text) - 1))
        return cut_at_sentence(text, limit=self._limit)

    def _release(self, end: int) -> str:
        ready, self._held = self._held[:end], self._held[end:]
        self._released += len(ready)
        return guard_answer(ready, links=self._links)
