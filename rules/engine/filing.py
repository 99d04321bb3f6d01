"""Filing: where a chain of atoms is kept so that the facts of a message lead to it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules.engine.atoms import AtomKey, Facts, Key, find_keys

CROWD = 4  # chains that may lie together before another of their values is asked to part them
MAX_DEPTH = 4  # values, one below the other


@dataclass(frozen=True, slots=True)
class Chain:
    """One alternative of one rule: the atoms it needs and the atoms it excludes."""

    needs: frozenset[AtomKey]
    excludes: frozenset[AtomKey]


Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawer:
    """The numbers of chains, and those that need a value of a fact too, with further drawers."""

    here: Numbers
    by_value: Mapping[str, Mapping[Key, "Drawer | Numbers"]]


@dataclass(frozen=True, slots=True)
class Cabinet:
    """All chains of a rulebook."""

    drawer: Drawer
    by_presence: Mapping[str, Numbers]  # those that no one value tells from others

    def find(self, facts: Facts) -> list[int]:
        """The chains that these facts lead to, in order: all they make true, and some others."""
        found: list[int] = []
        opened = [self.drawer]
        for drawer in opened:  # grows while it is walked
            found += drawer.here
            by_value = drawer.by_value
            for fact in by_value if len(by_value) < 8 else by_value.keys() & facts.keys():
                if (value := facts.get(fact)) is None:
                    continue
                values = by_value[fact]
                # A text is its own key, and that of most values.
                for key in (value,) if type(value) is str else find_keys(value):
                    if (below := values.get(key)) is not None:
                        if isinstance(below, tuple):
                            found += below
                        else:
                            opened.append(below)
        for fact in self.by_presence.keys() & facts.keys() if self.by_presence else ():
            found += self.by_presence[fact]
        # Several values of one fact may lead to the same chain.
        return sorted(set(found))


def file_chains(chains: Sequence[Chain]) -> tuple[Cabinet, list[frozenset[AtomKey]]]:
    """An index of the chains' numbers, and for each chain what being found there proves."""
    filing = _Filing(chains)
    present: dict[str, list[int]] = defaultdict(list)
    telling: list[int] = []
    for number, chain in enumerate(chains):
        if filing.anchors[number] or not chain.needs:
            telling.append(number)
        else:
            present[min(fact for fact, _, _ in chain.needs)].append(number)
    cabinet = Cabinet(
        drawer=filing.build_drawer(telling, depth=0),
        by_presence={fact: tuple(numbers) for fact, numbers in present.items()},
    )
    return cabinet, list(filing.take_proven())


class _Filing:
    """Chains on their way into drawers, each by its most telling values first."""

    def __init__(self, chains: Sequence[Chain]) -> None:
        frequency = Counter(atom for chain in chains for atom in chain.needs)
        telling = {
            # One exact value first, then what few others need; the rest only makes it certain.
            atom: (len(atom[2]) > 1, used, atom[0], sorted(map(repr, atom[2])))
            for atom, used in frequency.items()
            if atom[1] == "in"
        }
        self.anchors = [
            sorted(telling.keys() & chain.needs, key=telling.__getitem__) for chain in chains
        ]
        # How many anchors lie above a chain, wherever it is found.
        self.depths = [len(anchors) for anchors in self.anchors]

    def build_drawer(self, numbers: Iterable[int], *, depth: int) -> Drawer:
        """These chains, parted by the value of each that is the next to tell."""
        here: list[int] = []
        below: dict[str, dict[Key, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number in numbers:
            anchor = self._find_anchor(number, depth)
            if anchor is None:
                self.depths[number] = min(self.depths[number], depth)
                here.append(number)
            else:
                for key in anchor[2]:
                    below[anchor[0]][key].append(number)
        return Drawer(
            here=tuple(here),
            by_value={
                fact: {key: self._build_below(crowd, depth + 1) for key, crowd in values.items()}
                for fact, values in below.items()
            },
        )

    def _build_below(self, numbers: list[int], depth: int) -> Drawer | Numbers:
        if len(numbers) > CROWD:
            return self.build_drawer(numbers, depth=depth)
        for number in numbers:
            self.depths[number] = min(self.depths[number], depth)
        return tuple(numbers)

    def take_proven(self) -> Iterator[frozenset[AtomKey]]:
        """What each chain has proven wherever it is found; the anchors are let go of."""
        for number, depth in enumerate(self.depths):
            yield frozenset(self.anchors[number][:depth])
            self.anchors[number] = []

    def _find_anchor(self, number: int, depth: int) -> AtomKey | None:
        """A test of several values means as many copies: only where there is no better one."""
        anchors = self.anchors[number]
        if depth == min(len(anchors), MAX_DEPTH):
            return None
        return anchors[depth] if depth == 0 or len(anchors[depth][2]) == 1 else None
