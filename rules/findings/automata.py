"""Phrases as automata over words: the shortest message that some find and others do not.

The alphabet is every word that occurs, a misspelling of each word that forgives slips, and one
word that occurs nowhere. So an answer is exact, and so is that there is none.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rules.findings.machines import Place, Walker, Wording, build_walker
from rules.findings.spelling import find_misspelling
from rules.language.phrases import Words

MAX_STATES = 10_000  # sets of places looked at before an automaton counts as too large
_FILLERS = ("please", "today", "again", "really", "then", "xyz")


class TooLarge(Exception):
    """The automata have more states than are looked at."""


_State: TypeAlias = tuple[frozenset[Place], tuple[frozenset[Place] | None, ...], frozenset[Place]]


@dataclass(slots=True)
class _Search:
    """Breadth first: the message is one way to say `said`, holds `also`, and nothing of `never`."""

    said: Walker
    also: Sequence[Walker]  # None in a state: found already
    never: Walker
    alphabet: Sequence[str]
    most_states: int
    words: dict[frozenset[Place], Sequence[str]] = field(default_factory=dict)

    def find(self) -> Words | None:
        start = self._build_start()
        came: dict[_State, tuple[_State, str] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            state = waiting.popleft()
            if self._is_done(state):
                return _trace(came, state)
            for word in self._find_words(state[0]):
                following = self._step(state, word)
                if following is not None and following not in came:
                    came[following] = (state, word)
                    waiting.append(following)
            if len(came) > self.most_states:
                raise TooLarge
        return None

    def _find_words(self, places: frozenset[Place]) -> Sequence[str]:
        """The words that go on with what has to be said."""
        if places not in self.words:
            going = [word for word in self.alphabet if self.said.step(places, word)]
            self.words[places] = going
        return self.words[places]

    def _build_start(self) -> _State:
        return self.said.start, tuple(each.start for each in self.also), self.never.start

    def _is_done(self, state: _State) -> bool:
        return self.said.is_found(state[0]) and all(each is None for each in state[1])

    def _step(self, state: _State, word: str) -> _State | None:
        said = self.said.step(state[0], word)
        never = self.never.step(state[2], word)
        if not said or self.never.is_found(never):
            return None
        also: list[frozenset[Place] | None] = []
        for walker, places in zip(self.also, state[1], strict=True):
            reached = None if places is None else walker.step(places, word)
            also.append(None if reached is None or walker.is_found(reached) else reached)
        return said, tuple(also), never


def _trace(came: Mapping[_State, tuple[_State, str] | None], state: _State) -> Words:
    words: list[str] = []
    while (before := came[state]) is not None:
        state, word = before
        words.append(word)
    return tuple(reversed(words))


def find_message(
    said: Wording,
    *,
    also: Sequence[Wording] = (),
    never: Sequence[Wording] = (),
    most_states: int = MAX_STATES,
) -> Words | None:
    """The shortest way to say a phrase which also holds others and holds none of `never`.

    None if there is none; raises `TooLarge`.
    """
    every = (said, *also, *never)
    words = list(dict.fromkeys(word for each in every for word in each.spoken))
    slipping = {word for each in every for word in each.typos if word in each.words}
    variants = [found for word in sorted(slipping) if (found := find_misspelling(word, words))]
    filler = next((each for each in _FILLERS if each not in words), "x" * 40)
    search = _Search(
        said=build_walker([said], restarts=False),
        also=[build_walker([each], restarts=True) for each in also],
        never=build_walker(never, restarts=True),
        alphabet=[*words, filler, *variants],
        most_states=most_states,
    )
    return search.find()
