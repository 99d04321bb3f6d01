"""An answer while it is being written: read, cut into sentences, guarded, released."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from llm_bridge.answers.reading import AnswerReader
from llm_bridge.answers.sentences import SentenceCutter
from llm_bridge.answers.typed import find_action, find_reason, find_used
from llm_bridge.excerpts import cut_at_sentence, ends_sentence
from llm_bridge.guards.chain import GUARDS, guard_answer
from llm_bridge.guards.keeping import check_whole
from llm_bridge.guards.notes import Note
from llm_bridge.guards.verdicts import Context, Guard, check_sentence
from llm_bridge.values import Action

_SLACK = 200  # characters read beyond the limit, so that a cut finds its sentence's end
# What JSON may need for the same words: six characters for each one that is escaped.
_RAW_FACTOR = 6
_RAW_SLACK = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The whole answer: what may be shown, and what the model wants to happen."""

    text: str
    action: Action
    reason: str
    used: tuple[int, ...] | None  # positions among the sources; None where it did not say
    guarded: tuple[str, ...]  # why guards changed or withheld something
    notes: tuple[Note, ...]  # the same with what they found
    failure: str  # why it must not be the answer: a FailureReason's code, empty if it may


class Draft:
    """Collects the model's text and releases it, one guarded sentence after another."""

    def __init__(self, *, context: Context, limit: int, guards: Sequence[Guard] = GUARDS) -> None:
        self._context = context
        self._limit = limit
        self._guards = guards
        self._room = limit * _RAW_FACTOR + _RAW_SLACK
        self._written: list[str] = []
        self._reader = AnswerReader()
        self._is_whole = True
        self._start_over()

    def _start_over(self) -> None:
        """Forgets the words so far: what comes now is the answer, they only led to it."""
        self._cutter = SentenceCutter()
        self._length = 0  # of the words so far, released or not
        self._sentences: list[str] = []
        self._notes: list[Note] = []
        self._failure = ""

    @property
    def is_full(self) -> bool:
        """Nothing more is worth reading."""
        return self._length > self._limit + _SLACK or self._room <= 0

    def add(self, text: str) -> str:
        """Takes a piece in; returns the sentences that may be shown now, often none."""
        text, self._room = text[: max(0, self._room)], self._room - len(text)
        self._written.append(text)
        return self._read(text)

    @property
    def written(self) -> str:
        """What the model wrote, in the form it wrote it."""
        return "".join(self._written)

    def finish(self, *, is_whole: bool) -> str:
        """The rest that may be shown; of a text that broke off not the sentence it broke off in."""
        released = self._read("", is_last=True)
        self._is_whole = is_whole and not self._reader.is_cut
        last = self._cutter.finish().rstrip()
        is_shown = self._is_whole or ends_sentence(last)
        return released + self._release(last, is_shown=is_shown)

    def build_finished(self) -> Finished:
        """The answer within the limit; one that is not whole ends with a sentence."""
        said = self._reader.said
        action, text = find_action(said), self._build_text()
        if action is Action.CONTINUE and not self._failure:
            self._notes += (lacking := check_whole(text, self._context))
            self._failure = "principle" if lacking else ""
        return Finished(
            text=text,
            action=action,
            reason=find_reason(said, action),
            used=find_used(said, self._context.sources),
            guarded=tuple(dict.fromkeys(note.reason for note in self._notes)),
            notes=tuple(self._notes),
            # What hands over shows nothing of its words.
            failure="" if action is Action.HANDOFF else self._failure,
        )

    def _build_text(self) -> str:
        text = guard_answer("".join(self._sentences), links=self._context.links).strip()
        if not self._is_whole and not ends_sentence(text):
            return cut_at_sentence(text, limit=min(self._limit, len(text) - 1))
        return cut_at_sentence(text, limit=self._limit) if _says_something(text) else ""

    def _read(self, text: str, *, is_last: bool = False) -> str:
        released = []
        for piece in self._reader.read(text, is_last=is_last):
            if piece.is_new:
                self._start_over()
            words = piece.text if self._length else piece.text.lstrip()
            left = max(0, self._limit + _SLACK - self._length)
            self._length += len(words)
            released += [self._release(each) for each in self._cutter.add(words[:left])]
        return "".join(released)

    def _release(self, sentence: str, *, is_shown: bool = True) -> str:
        """The guarded sentence if it is shown now; the whole answer holds it in any case."""
        said = "".join(self._sentences)
        checked = check_sentence(sentence, replace(self._context, said=said), self._guards)
        text = checked.text if said else checked.text.lstrip()
        self._sentences.append(text)
        self._notes += checked.notes
        self._failure = self._failure or checked.failure
        fits = len(said) + len(text) <= self._limit
        hands_over = find_action(self._reader.said) is Action.HANDOFF
        may_show = fits and not hands_over and not self._failure
        is_shown = is_shown and may_show and _says_something(said + text)
        return text if is_shown else ""


def _says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it, which marks alone are not."""
    return any(map(str.isalnum, text))
