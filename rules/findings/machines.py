"""Machines: phrases as places and the words that lead from one to the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from rules.findings.spelling import is_near
from rules.language.phrases import Choice, Gap, Item, Phrase, Words

Place: TypeAlias = int


@dataclass(frozen=True)
class Wording:
    """A phrase with the slips that its words forgive."""

    phrase: Phrase
    typos: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def required(self) -> list[Choice]:
        """Its items that are neither optional nor gaps."""
        items = (item for item in self.phrase.items if isinstance(item, Choice))
        return [item for item in items if not item.optional]

    def without_gaps(self) -> "Wording":
        """With nothing in place of each `*`."""
        items = tuple(item for item in self.phrase.items if not isinstance(item, Gap))
        return Wording(Phrase(self.phrase.source, items), self.typos)

    def fits_into(self, other: "Wording") -> bool:
        """Whether the words of some way to say it are all words of the other."""
        return all(
            any(other.words.issuperset(words) for words in item.alternatives)
            for item in self.required
        )

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """Its words in the order of the phrase, so that what is made of them sounds like it."""
        items = (item for item in self.phrase.items if isinstance(item, Choice))
        alternatives = (words for item in items for words in item.alternatives)
        return tuple(dict.fromkeys(word for words in alternatives for word in words))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.spoken)


@dataclass(slots=True)
class Machine:
    """Places and the words that lead on; `None` is any word."""

    steps: list[list[tuple[str | None, Place]]] = field(default_factory=list)
    skips: list[list[Place]] = field(default_factory=list)
    starts: set[Place] = field(default_factory=set)
    ends: set[Place] = field(default_factory=set)
    slips: dict[Place, Mapping[str, int]] = field(default_factory=dict)
    closures: dict[Place, frozenset[Place]] = field(default_factory=dict)

    def add_place(self) -> Place:
        self.steps.append([])
        self.skips.append([])
        return len(self.steps) - 1

    def add(self, wording: Wording) -> None:
        place = self.add_place()
        self.starts.add(place)
        first = place
        for item in wording.phrase.items:
            place = self._add_item(place, item)
        self.ends.add(place)
        for each in range(first, len(self.steps)):
            self.slips[each] = wording.typos

    def _add_item(self, start: Place, item: Item) -> Place:
        end = self.add_place()
        if isinstance(item, Gap):
            self._add_gap(start, end, item.most)
            return end
        if item.optional:
            self.skips[start].append(end)
        for words in item.alternatives:
            self._add_words(start, end, words)
        return end

    def _add_gap(self, start: Place, end: Place, most: int) -> None:
        place = start
        self.skips[place].append(end)
        for _ in range(most):
            following = self.add_place()
            self.steps[place].append((None, following))
            self.skips[following].append(end)
            place = following

    def _add_words(self, start: Place, end: Place, words: Words) -> None:
        place = start
        for at, word in enumerate(words):
            following = end if at == len(words) - 1 else self.add_place()
            self.steps[place].append((word, following))
            place = following

    def close(self, places: Iterable[Place]) -> frozenset[Place]:
        """These places and those reached from them without a word."""
        return frozenset().union(*map(self._find_closure, places))

    def _find_closure(self, place: Place) -> frozenset[Place]:
        if place not in self.closures:
            found, waiting = {place}, [place]
            while waiting:
                fresh = [each for each in self.skips[waiting.pop()] if each not in found]
                found.update(fresh)
                waiting += fresh
            self.closures[place] = frozenset(found)
        return self.closures[place]


@dataclass(slots=True)
class Walker:
    """A machine made deterministic as far as it is walked."""

    machine: Machine
    restarts: bool  # a phrase may begin anywhere; otherwise the message begins with it
    known: dict[tuple[frozenset[Place], str], frozenset[Place]] = field(default_factory=dict)

    @property
    def start(self) -> frozenset[Place]:
        return self.machine.close(self.machine.starts)

    def step(self, places: frozenset[Place], word: str) -> frozenset[Place]:
        if (places, word) not in self.known:
            self.known[places, word] = self.machine.close(self._find_following(places, word))
        return self.known[places, word]

    def _find_following(self, places: frozenset[Place], word: str) -> set[Place]:
        machine = self.machine
        found = {
            following
            for place in places
            for wanted, following in machine.steps[place]
            if wanted is None or wanted == word or self._forgives(place, wanted, word)
        }
        return found | machine.starts if self.restarts else found

    def _forgives(self, place: Place, wanted: str, word: str) -> bool:
        return is_near(word, wanted, self.machine.slips[place].get(wanted, 0))

    def is_found(self, places: frozenset[Place]) -> bool:
        return not self.machine.ends.isdisjoint(places)


def build_walker(wordings: Iterable[Wording], *, restarts: bool) -> Walker:
    machine = Machine()
    for wording in wordings:
        machine.add(wording)
    return Walker(machine, restarts)
