"""The only door to durable-rules, used in the one way that was measured safe and fast.

A board is a ruleset of a few places. A question puts candidates on it, the best first, and says
which of their conditions fail; the engine finds the first candidate that nothing speaks against.
A board holds no rulebook, so that all rulebooks of a process share the few there are, and what
the engine cannot be trusted with (values, texts, lists, time) never reaches it.
"""

import itertools
import json
import weakref
from collections import deque
from dataclasses import dataclass

from rules.engine.atoms import Facts
from rules.engine.program import MAX_EXCLUDES, MAX_NEEDS, Candidate, Program, build_program
from rules.rulebook.parts import Rule, Rulebook

try:
    import durable_rules_engine as _durable
except ImportError as error:  # no compiler when it was installed, or Python 3.13 and later
    _durable = None
    DURABLE_PROBLEM = str(error)
    _FAILURES: tuple[type[Exception], ...] = ()
else:
    DURABLE_PROBLEM = ""
    # Its own error; no memory for a board or state; a result or call that is not as it should be.
    _FAILURES = (_durable.error, MemoryError, ValueError, TypeError, IndexError)

DURABLE_AVAILABLE = _durable is not None

# The engine's stack holds 64 matches of one message, and a message 254 properties.
PLACES = 16  # candidates of one message
_FIRST = 4  # candidates of a question's first message: mostly one of them wins

_STATE = "0"  # every board has this one state
_WARM = "w"


@dataclass(frozen=True, slots=True)
class _Place:
    """The properties that say: taken, this need is missing, this exclusion is there."""

    taken: str
    missing: tuple[str, ...]
    present: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        return self.missing + self.present


_PLACES = [
    _Place(
        taken=f"c{place}",
        missing=tuple(f"m{place}_{number}" for number in range(MAX_NEEDS)),
        present=tuple(f"p{place}_{number}" for number in range(MAX_EXCLUDES)),
    )
    for place in range(PLACES)
]
# The engine tells names apart by a 32-bit hash only: a test makes sure that these differ.
PROPERTIES = (_WARM, *(name for place in _PLACES for name in (place.taken, *place.faults)))


class EngineError(RuntimeError):
    """The engine failed at a question; its board has been thrown away."""


def _build_definition() -> str:
    rules: dict[str, object] = {
        f"r{number}": {
            "all": [
                {
                    "m": {
                        "$and": [
                            {place.taken: 1},
                            *({"$nex": {fault: 1}} for fault in place.faults),
                        ]
                    }
                }
            ],
            "pri": number,
        }
        for number, place in enumerate(_PLACES)
    }
    rules[_WARM] = {"all": [{"m": {_WARM: 1}}], "pri": 65_535}
    return json.dumps(rules)


class Board:
    """One ruleset inside the C module with its one state, for one thread at a time.

    It is freed when nobody holds this object any more.
    """

    def __init__(self) -> None:
        self._number: int = _durable.create_ruleset("s", _build_definition())
        self.free = weakref.finalize(self, _free, self._number)
        self.free.atexit = False
        self._ids = itertools.count(1)
        # Asking once makes the state, without which unloading is not safe.
        _, self._state = _durable.assert_event(self._number, f'{{"{_WARM}":1,"id":"w"}}')
        self._take_results('"id":"w"')

    def find_first(self, properties: str) -> int | None:
        """The first place taken where nothing fails; `properties` is JSON, each with a comma."""
        own_id = f'"id":"e{next(self._ids)}"'
        code, _ = _durable.assert_event(self._number, f"{{{properties}{own_id}}}")
        if code != 0:
            return None
        own = self._take_results(own_id)
        return int(own[3 : own.index('"', 2)]) if own else None

    def _take_results(self, own_id: str) -> str | None:
        """Of all that fires, best first, the first with this id as JSON; nothing is left behind."""
        own: str | None = None
        first = _durable.start_action_for_state(self._number, self._state)
        result = first and first[1]
        while result:
            if own is None and own_id in result:
                own = result
            result = _durable.complete_and_start_action(self._number, self._state)
        return own


def _free(number: int) -> None:
    _durable.delete_state(number, _STATE)
    _durable.delete_ruleset(number)


class Boards:
    """As many boards as threads ever asked at once; a board that failed is not put back."""

    def __init__(self) -> None:
        self.idle: deque[Board] = deque()

    def find_first(self, properties: str) -> int | None:
        """As the board does. Raises `EngineError`."""
        try:
            board = self._take()
            found = board.find_first(properties)
        except _FAILURES as error:
            # Leftovers of a broken question must not answer the next one.
            raise EngineError("durable-rules failed") from error
        self.idle.append(board)
        return found

    def _take(self) -> Board:
        try:
            return self.idle.pop()
        except IndexError:
            return Board()


_boards = Boards()


def _build_members(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f'"{name}":1,' for name in names)


_MEMBERS = [
    (f'"{place.taken}":1,', _build_members(place.missing), _build_members(place.present))
    for place in _PLACES
]


class DurableEngine:
    """A rulebook's rules, decided by durable-rules; any number of threads may ask at once."""

    def __init__(self, rulebook: Rulebook, *, boards: Boards = _boards) -> None:
        self._program: Program = build_program(rulebook)
        self._boards = boards

    def find_winner(self, facts: Facts) -> Rule | None:
        """The first rule in the total order that holds. Raises `EngineError`."""
        candidates = self._program.candidates
        numbers = self._program.index.find(facts)
        start, end = 0, _FIRST
        while start < len(numbers):
            asked = [candidates[number] for number in numbers[start:end]]
            found = self._boards.find_first(_describe(asked, facts))
            if found is not None:
                return asked[found].rule
            start, end = end, end + PLACES
        return None


def _describe(candidates: list[Candidate], facts: Facts) -> str:
    """The candidates in their places, and which of their conditions fail there."""
    members: list[str] = []
    for candidate, (taken, missing, present) in zip(candidates, _MEMBERS, strict=False):
        members.append(taken)
        # As `Atom.holds`, in place: a call more for each takes as long as asking it.
        for (fact, kind, passes, check), member in zip(candidate.needs, missing, strict=False):
            value = facts.get(fact)
            if not (passes(value) if type(value) is kind else check(facts)):
                members.append(member)
        if candidate.excludes:
            for atom, member in zip(candidate.excludes, present, strict=False):
                if atom.holds(facts):
                    members.append(member)
    return "".join(members)
