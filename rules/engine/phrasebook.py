"""The phrasebook: which of many phrases stand in a message, found by the words they open with."""

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from rules.engine.slips import Near, build_finder
from rules.language.phrases import Expansion, Words
from rules.language.text import pad

Opening = str | tuple[str, str]  # a word that stands alone, or the first two
Slips = tuple[tuple[str, int], ...]  # words of a phrase that forgive slips, and how many
# For each entity the start, the end and the value of every place.
Places = dict[str, list[tuple[int, int, str]]]


@dataclass(frozen=True, slots=True)
class Cue:
    """What a phrase or pattern says when found: these intents, or not these."""

    present: tuple[str, ...] = ()
    vetoed: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Loose:
    """Runs of words with gaps between them, or with words that forgive slips."""

    expansion: Expansion
    slips: Slips
    cue: Cue
    plain: frozenset[str] = field(init=False)  # its words that must be there as they are
    forgiving: frozenset[str] = field(init=False)  # and those that something may stand for

    def __post_init__(self) -> None:
        self.forgiving = frozenset(word for word, _ in self.slips)
        self.plain = frozenset(itertools.chain(*self.expansion.segments)) - self.forgiving

    def is_in(self, message: "Message") -> bool:
        first, *others = self.expansion.segments
        starts = message.find_starts(first, self.slips)
        ends = [start + len(first) for start in starts]
        for segment, gap in zip(others, self.expansion.gaps, strict=True):
            starts = message.find_starts(segment, self.slips) if ends else []
            ends = [start + len(segment) for start in starts if _is_near(ends, start, gap)]
        return bool(ends)


def _is_near(ends: list[int], start: int, gap: int) -> bool:
    """Whether the last end before `start` leaves at most `gap` words between."""
    before = bisect_right(ends, start)
    return before > 0 and start - ends[before - 1] <= gap


class Message:
    """The words of one message and where each stands, mistyped ones included."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._near: dict[str, dict[int, int]] = {}

    def sift(self, loose: Iterable[Loose]) -> Iterator[Loose]:
        """Those all of whose words are here, in whatever order: few, and found at little cost."""
        said, meant = set(self._words), set(self._near)
        for each in loose:
            if each.plain <= said and each.forgiving <= meant:
                yield each

    @cached_property
    def _places(self) -> dict[str, set[int]]:
        places: dict[str, set[int]] = {}
        for place, word in enumerate(self._words):
            places.setdefault(word, set()).add(place)
        return places

    def read_slips(self, find_near: Callable[[str], Near]) -> Iterable[str]:
        """The words that something here may stand for."""
        for word, places in self._places.items():
            for meant, slips in find_near(word):
                self._near.setdefault(meant, {}).update(dict.fromkeys(places, slips))
        return self._near.keys()

    def find_starts(self, run: Words, slips: Slips = ()) -> list[int]:
        """Where a run of words begins, in order."""
        starts = self._find_places(run[0], slips)
        for offset, word in enumerate(run[1:], 1):
            if not starts:
                break
            starts = starts & {place - offset for place in self._find_places(word, slips)}
        return sorted(starts)

    def _find_places(self, word: str, slips: Slips) -> Set[int]:
        for forgiving, most in slips:
            if word == forgiving:
                near = self._near.get(word, {})
                return {place for place, found in near.items() if found <= most}
        return self._places.get(word, frozenset())


@dataclass(slots=True)
class Run:
    """A run of words and all that is said with it."""

    words: Words
    cue: Cue = Cue()
    loose: tuple[Loose, ...] = ()
    values: tuple[tuple[str, str], ...] = ()  # entity, canonical value
    says_only: bool = field(init=False)  # the opening is the whole of it, wherever it stands

    def __post_init__(self) -> None:
        self.says_only = len(self.words) <= 2 and not self.loose and not self.values

    @property
    def opening(self) -> Opening:
        return (self.words[0], self.words[1]) if len(self.words) > 1 else self.words[0]

    def note_values(self, starts: list[int], places: Places) -> None:
        for entity, value in self.values:
            places.setdefault(entity, []).extend(
                (start, start + len(self.words), value) for start in starts
            )


class Phrasebook:
    """All runs of words by what they open with; safe to share between threads."""

    def __init__(self, runs: Iterable[Run], forgiving: Iterable[Loose]) -> None:
        found: dict[Opening, list[Run]] = defaultdict(list)
        for run in runs:
            found[run.opening].append(run)
        self._runs = {opening: tuple(group) for opening, group in found.items()}
        self._forgiving = _file_by_slip(forgiving)
        self._find_near = build_finder(_find_budgets(self._forgiving)) if self._forgiving else None

    def find(self, words: list[str]) -> tuple[list[Cue], Places]:
        """What the words of a message say."""
        cues: list[Cue] = []
        longer: list[Run] = []
        runs = self._runs
        for opening in runs.keys() & itertools.chain(words, itertools.pairwise(words)):
            for run in runs[opening]:
                if run.says_only:
                    cues.append(run.cue)
                else:
                    longer.append(run)
        if longer:
            said = pad(words)
            longer = [run for run in longer if pad(run.words) in said]
            cues += [run.cue for run in longer]
            longer = [run for run in longer if run.loose or run.values]
        if not longer and self._find_near is None:
            return cues, {}
        return self._look_closer(Message(words), longer, cues)

    def _look_closer(
        self, message: "Message", runs: list[Run], cues: list[Cue]
    ) -> tuple[list[Cue], Places]:
        """Where values stand, how far apart what belongs together is, and what was mistyped."""
        places: Places = {}
        loose: list[Loose] = []
        for run in runs:
            loose += run.loose
            if run.values:
                run.note_values(message.find_starts(run.words), places)
        if self._find_near is not None:
            for word in message.read_slips(self._find_near):
                loose += self._forgiving.get(word, ())
        if loose:
            cues += [each.cue for each in message.sift(loose) if each.is_in(message)]
        return cues, places


def _file_by_slip(forgiving: Iterable[Loose]) -> dict[str, list[Loose]]:
    """Each under its longest word that forgives slips."""
    filed: dict[str, list[Loose]] = defaultdict(list)
    for each in forgiving:
        filed[max(each.slips, key=lambda slip: len(slip[0]))[0]].append(each)
    return dict(filed)


def _find_budgets(forgiving: Mapping[str, list[Loose]]) -> dict[str, int]:
    """Each word with the most that any intent forgives it."""
    budgets: dict[str, int] = {}
    for each in itertools.chain(*forgiving.values()):
        for word, most in each.slips:
            budgets[word] = max(most, budgets.get(word, 0))
    return budgets
