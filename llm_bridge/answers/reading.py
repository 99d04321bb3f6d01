"""Reads an answer while it arrives, in whatever form: typed JSON, JSON in prose, or plain prose.

Whatever form it has, only words come out; JSON never does. The same text gives the same words
however it was cut into pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from llm_bridge.answers.objects import ObjectReader
from llm_bridge.answers.typed import FIELDS, Said

_KEYS = "|".join(FIELDS)
_FENCE = r"(?:`{3,8}[\w-]{0,20}\s{0,40})?"
# What an object begins with in the middle of prose: one of our own keys, and its colon.
_INSIDE = re.compile(
    rf"{_FENCE}(?:\[\s{{0,40}})?(?=\{{\s{{0,40}}\\?[\"'“]?({_KEYS})\\?[\"'”]?\s{{0,20}}:)"
)
# Where the whole answer begins, any key will do; a quotation mark before it makes it unreadable.
_AT_START = re.compile(
    rf"\"?{_FENCE}(?:\[\s{{0,40}})?(?=\{{\s{{0,40}}(?:\\?[\"'“}}]|(?:{_KEYS})\s{{0,20}}:))"
)
# What may yet become one of them.
_PERHAPS = re.compile(
    r"\"?(?:`{1,8}(?:[\w-]{0,20}\s{0,40})?)?(?:\[\s{0,40})?"
    r"(?:\{\s{0,40}\\?[\"'“]?[a-z_]{0,12}\\?[\"'”]?\s{0,20})?\Z"
)
_CANDIDATE = re.compile(r"[`{\[<]")
_THINKING = re.compile(r"<(think|thinking|thought)>", re.IGNORECASE)
_PERHAPS_THINKING = re.compile(r"</?[a-z]{0,8}\Z", re.IGNORECASE)
_THOUGHT = re.compile(r"</(?:think|thinking|thought)>", re.IGNORECASE)
_LONGEST_TAG = 11


class _State(Enum):
    START = auto()
    THINKING = auto()
    PROSE = auto()
    THOUGHT = auto()
    OBJECT = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of the answer; `is_new`: they replace all that came before, which only led to them."""

    text: str
    is_new: bool = False


NOTHING = Piece("")


class AnswerReader:
    """Takes the model's text in pieces and gives the words that are for the visitor."""

    def __init__(self) -> None:
        self._state = _State.START
        self._rest = ""
        self._half = ""  # of a surrogate pair
        self._object = ObjectReader()

    @property
    def is_cut(self) -> bool:
        """Whether it ended before the answer's text did, as far as the form tells."""
        return self._object.is_cut

    @property
    def said(self) -> Said:
        """The other fields, as far as they were read."""
        return self._object.build_said()

    def read(self, text: str, *, is_last: bool = False) -> Iterator[Piece]:
        """The words this piece adds, perhaps none."""
        self._rest += text
        while True:
            before = self._state
            piece = self._read_on(is_last=is_last)
            words = self._join(piece.text)
            if words or piece.is_new:
                yield Piece(words, is_new=piece.is_new)
            if self._state is before:
                return

    def _read_on(self, *, is_last: bool) -> Piece:
        if self._state is _State.START:
            return self._read_start(is_last=is_last)
        if self._state is _State.THINKING:
            return self._read_thoughts()
        if self._state is _State.PROSE:
            return self._read_prose(is_last=is_last)
        if self._state is _State.THOUGHT:  # all that was said so far
            self._state = _State.START
            return Piece("", is_new=True)
        return self._read_object(is_last=is_last)

    def _read_start(self, *, is_last: bool) -> Piece:
        self._rest = self._rest.lstrip("\ufeff \t\r\n\f\v")
        if not self._rest:
            return NOTHING
        if found := _THINKING.match(self._rest):
            self._take(found.end(), _State.THINKING)
        elif found := _AT_START.match(self._rest):
            self._take(found.end(), _State.OBJECT)
        elif is_last or not self._may_begin(0):
            self._state = _State.PROSE
        return NOTHING

    def _read_thoughts(self) -> Piece:
        """What a model thinks aloud is for nobody else."""
        if found := _THOUGHT.search(self._rest):
            self._take(found.end(), _State.START)
        else:
            self._rest = self._rest[-_LONGEST_TAG:]
        return NOTHING

    def _read_prose(self, *, is_last: bool) -> Piece:
        at = 0
        while candidate := _CANDIDATE.search(self._rest, at):
            at = candidate.start()
            if found := _INSIDE.match(self._rest, at):
                return self._leave_prose(at, found.end(), _State.OBJECT)
            if found := _THOUGHT.match(self._rest, at):  # some never say where a thought begins
                return self._leave_prose(at, found.end(), _State.THOUGHT)
            if not is_last and self._may_begin(at):
                return Piece(self._take(at, _State.PROSE))
            at += 1
        return Piece(self._take(len(self._rest), _State.PROSE))

    def _leave_prose(self, end: int, start: int, state: _State) -> Piece:
        return Piece(self._take(start, state)[:end])

    def _may_begin(self, at: int) -> bool:
        """Whether what stands there needs more text to be known."""
        return bool(_PERHAPS.match(self._rest, at) or _PERHAPS_THINKING.match(self._rest, at))

    def _read_object(self, *, is_last: bool) -> Piece:
        """The object's words; whatever follows it is not read."""
        had_answer = self._object.has_answer
        rest = self._take(len(self._rest), _State.OBJECT)
        words = "" if self._object.is_over else self._object.read(rest, is_last=is_last)
        return Piece(words, is_new=self._object.has_answer and not had_answer)

    def _take(self, end: int, state: _State) -> str:
        taken, self._rest, self._state = self._rest[:end], self._rest[end:], state
        return taken

    def _join(self, words: str) -> str:
        """Surrogates that came in two halves as one character; halves without the other go."""
        words = self._half + words
        self._half = words[-1:] if "\ud800" <= words[-1:] <= "\udbff" else ""
        whole = words[: len(words) - len(self._half)]
        return whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
