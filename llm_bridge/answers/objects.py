"""Reads a typed answer's JSON while it arrives, forgiving what models get wrong about JSON.

It never raises and looks at each character a bounded number of times. Of a field that stands
twice the first value counts, because it was shown; keys count at any depth, because some models
wrap the answer in something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from llm_bridge.answers.typed import FIELDS, Said

MAX_DEPTH = 30
MAX_FIELD = 200  # characters kept of an action, a reason or a source's name
MAX_USED = 50

_CLOSERS = {'"': '"', "'": "'", "“": "”"}
_STOPS = {closer: re.compile(rf"[\\{closer}]") for closer in _CLOSERS.values()}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
# Under a field that should be a text: keys whose value may stand for it.
_TEXT_KEYS = frozenset({"text", "content", "value"})

_KEY = rf"\\?[\"'“]?(?:{'|'.join(FIELDS)})\\?[\"'”]?\s{{0,20}}:"
# What follows a quotation mark that ends a value. Any other one belongs to the text, because
# models forget to escape them.
_AFTER_VALUE = re.compile(
    rf"\s{{0,40}}(?:[}}\]`]|<\||,\s{{0,40}}[\"'“}}\]{{\[]|,?\s{{0,40}}{_KEY})"
)
_AFTER_ITEM = re.compile(r"\s{0,40},\s{0,40}[\d-]")
_UNDECIDED = re.compile(r"\s{0,40}(?:<|,?\s{0,40}\\?[\"'“]?[A-Za-z_]{0,12}\\?[\"'”]?\s{0,20})\Z")
_NOTHING = frozenset({"null", "None", "undefined"})
_HEX = re.compile("[0-9a-fA-F]{0,4}")
_BARE = re.compile(r"[^\s,:{}\[\]\"'“\\]{1,100}")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")


@dataclass(slots=True)
class _Frame:
    """An object or list that is open; `field` is the known field that it stands for."""

    is_list: bool
    field: str | None
    key: str = ""
    wants_key: bool = True


class ObjectReader:
    """Takes an object's text in pieces, from its first brace on, and gives the answer's words."""

    def __init__(self) -> None:
        self.is_over = False
        self.has_answer = False
        self.is_cut = False  # it ended inside the answer's text
        self._rest = ""
        self._frames: list[_Frame] = []
        self._closer = ""  # of the string we are in
        self._is_key = self._is_shown = False
        self._text: list[str] = []
        self._kept = 0
        self._shown_in: _Frame | None = None
        self._fields: dict[str, str] = {}
        self._used: list[str] | None = None

    def read(self, text: str, *, is_last: bool = False) -> str:
        """The words of the answer that this piece adds."""
        self._rest += text
        words: list[str] = []
        at = 0
        while at < len(self._rest) and not self.is_over:
            if self._closer:
                end = self._read_string(at, words, is_last=is_last)
            else:
                end = self._read_structure(at, words, is_last=is_last)
            if end == at:
                break
            at = end
        self._rest = self._rest[at:]
        if is_last:
            self._finish()
        return "".join(words)

    def build_said(self) -> Said:
        used = None if self._used is None else tuple(self._used)
        return Said(self._fields.get("action"), self._fields.get("reason"), used)

    def _finish(self) -> None:
        if self._closer and not self._is_key:
            self.is_cut = self._is_shown
            self._keep_value("".join(self._text))
        self.is_over = True

    def _read_structure(self, at: int, words: list[str], *, is_last: bool) -> int:
        character = self._rest[at]
        if character in _CLOSERS:
            self._begin_string(character, words)
        elif character in "{[":
            self._open(is_list=character == "[")
        elif character in "}]":
            self._close()
        elif character in ",:":
            self._separate(is_comma=character == ",")
        elif bare := _BARE.match(self._rest, at):
            if bare.end() == len(self._rest) and len(bare[0]) < 100 and not is_last:
                return at
            self._take_bare(bare[0], words)
            return bare.end()
        return at + 1

    def _open(self, *, is_list: bool) -> None:
        field = self._field if self._frames else None
        if field == "used_sources" and self._used is None:
            self._used = []
        self._frames.append(_Frame(is_list=is_list, field=field))
        self.is_over = len(self._frames) > MAX_DEPTH

    def _close(self) -> None:
        self._frames = self._frames[:-1]
        self.is_over = not self._frames

    def _separate(self, *, is_comma: bool) -> None:
        if self._frames:
            self._frames[-1].wants_key = is_comma

    @property
    def _field(self) -> str | None:
        """The known field that a value at this place belongs to."""
        frame = self._frames[-1]
        if frame.is_list:
            return frame.field
        if frame.key in FIELDS:
            return frame.key
        inherits = frame.field == "used_sources" or frame.key in _TEXT_KEYS
        return frame.field if inherits else None

    def _begin_string(self, quote: str, words: list[str]) -> None:
        frame = self._frames[-1]
        self._closer = _CLOSERS[quote]
        self._is_key = not frame.is_list and frame.wants_key
        is_more = frame.is_list and frame is self._shown_in
        is_answer = not self._is_key and self._field == "answer"
        self._is_shown = is_answer and (is_more or not self.has_answer)
        self._text.clear()
        self._kept = 0
        if self._is_shown and is_more:
            words.append("\n")

    def _read_string(self, at: int, words: list[str], *, is_last: bool) -> int:
        stop = _STOPS[self._closer].search(self._rest, at)
        end = stop.start() if stop else len(self._rest)
        if end > at:
            self._take(self._rest[at:end], words)
            return end
        if self._rest[at] == "\\":
            return self._read_escape(at, words, is_last=is_last)
        return self._read_quote(at, words, is_last=is_last)

    def _read_escape(self, at: int, words: list[str], *, is_last: bool) -> int:
        escape = self._rest[at + 1 : at + 2]
        if not escape:
            return at + 1 if is_last else at
        if escape != "u":
            self._take(_ESCAPES.get(escape, escape), words)
            return at + 2
        digits = _HEX.match(self._rest, at + 2)
        found = digits[0] if digits else ""
        if len(found) == 4:
            self._take(chr(int(found, 16)), words)
        elif at + 2 + len(found) == len(self._rest) and not is_last:
            return at
        return at + 2 + len(found)

    def _read_quote(self, at: int, words: list[str], *, is_last: bool) -> int:
        """Whether this mark ends the string shows in what follows it."""
        after = at + 1
        if not self._is_key and not self._ends_value(after):
            is_undecided = _UNDECIDED.match(self._rest, after)
            if is_undecided and not is_last:
                return at
            if not is_undecided:
                self._take(self._rest[at], words)
                return after
        self._end_string()
        return after

    def _ends_value(self, after: int) -> bool:
        if _AFTER_VALUE.match(self._rest, after):
            return True
        return self._frames[-1].is_list and bool(_AFTER_ITEM.match(self._rest, after))

    def _end_string(self) -> None:
        text = "".join(self._text)
        if not self._is_key:
            self._keep_value(text)
        else:
            self._frames[-1].key = text
        # After a value comes a key, even where the comma is missing.
        self._frames[-1].wants_key = not self._is_key
        self._closer = ""

    def _take(self, text: str, words: list[str]) -> None:
        """More of the string we are in: shown if it is the answer, else kept if it is short."""
        if self._is_shown:
            words.append(text)
            self.has_answer = True
            self._shown_in = self._frames[-1]
        elif self._kept < MAX_FIELD:
            self._text.append(text[: MAX_FIELD - self._kept])
            self._kept += len(self._text[-1])

    def _take_bare(self, token: str, words: list[str]) -> None:
        """A number, a word without quotation marks, or a key without them."""
        frame = self._frames[-1]
        if not frame.is_list and frame.wants_key:
            frame.key, frame.wants_key = token, False
        elif self._field == "answer" and not self.has_answer and _NUMBER.fullmatch(token):
            words.append(token)
            self.has_answer = True
        elif token not in _NOTHING:
            self._keep_value(token)

    def _keep_value(self, text: str) -> None:
        field = self._field
        if field in {"action", "reason"}:
            self._fields.setdefault(field, text)
        elif field == "used_sources":
            self._used = [] if self._used is None else self._used
            if text.strip() and len(self._used) < MAX_USED:
                self._used.append(text)
