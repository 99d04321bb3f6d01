"""The only door to durable-rules: small handles used in the one way that was measured safe.

One state per handle, one event per question, flags with the value 1, no more than `MAX_LIVE`
rules awake at once; what the engine cannot be trusted with (values, texts, lists, time) never
reaches it.
"""

import itertools
import logging
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping

from rules.engine.program import WARM, Group, Program, build_program
from rules.language.facts import Fact
from rules.rulebook.parts import Rule, Rulebook

try:
    import durable_rules_engine as _durable
except ImportError as error:  # no compiler when it was installed, or Python 3.13 and later
    _durable = None
    DURABLE_PROBLEM = str(error)
else:
    DURABLE_PROBLEM = ""

DURABLE_AVAILABLE = _durable is not None

MAX_LIVE = 60  # the engine's stack holds 64 matches of one message
MAX_FLAGS = 190  # a message has at most 254 properties, and each group woken is one

_STATE = "0"  # every handle has this one state

logger = logging.getLogger(__name__)


class EngineError(RuntimeError):
    """The engine failed at a question; its handle has been thrown away."""


class _Handle:
    """A ruleset inside the C module, freed when nobody holds this object any more."""

    def __init__(self, definition: str) -> None:
        self.number: int = _durable.create_ruleset("s", definition)
        self.free = weakref.finalize(self, _free, self.number)
        self.free.atexit = False
        # Asking once makes the state, without which unloading is not safe.
        _, self.offset = _durable.assert_event(self.number, f'{{"{WARM}":1,"id":"w"}}')
        self.take_results()

    def take_results(self) -> list[str]:
        """Everything that fires, as the engine's JSON, best first."""
        found: list[str] = []
        first = _durable.start_action_for_state(self.number, self.offset)
        result = first and first[1]
        while result:
            found.append(result)
            result = _durable.complete_and_start_action(self.number, self.offset)
        return found


def _free(number: int) -> None:
    _durable.delete_state(number, _STATE)
    _durable.delete_ruleset(number)


class Shard:
    """One ruleset, built when first asked; several engines may share it."""

    def __init__(self, definition: str) -> None:
        self._definition = definition
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._handle: _Handle | None = None

    def find_first(self, properties: Iterable[str]) -> int | None:
        """The number of the best rule that fires on these flags. Raises `EngineError`."""
        with self._lock:
            try:
                return self._ask(properties)
            except BaseException as error:
                # Leftovers of a broken question must not answer the next one.
                self._handle = None
                if isinstance(error, Exception):
                    raise EngineError("durable-rules failed") from error
                raise

    def _ask(self, properties: Iterable[str]) -> int | None:
        if self._handle is None:
            self._handle = _Handle(self._definition)
        handle, own_id = self._handle, f'"id":"e{next(self._ids)}"'
        flags = "".join(f'"{name}":1,' for name in properties)
        code, _ = _durable.assert_event(handle.number, f"{{{flags}{own_id}}}")
        if code != 0:
            return None
        own = [result for result in handle.take_results() if own_id in result]
        return int(own[0][3 : own[0].index('"', 2)]) if own else None


class DurableEngine:
    """A rulebook's rules in durable-rules; any number of threads may ask at once."""

    def __init__(self, rulebook: Rulebook, reuse: "DurableEngine | None" = None) -> None:
        self._program: Program = build_program(rulebook)
        known: Mapping[str, Shard] = reuse.shards if reuse else {}
        self.shards: Mapping[str, Shard] = {
            plan.definition: known.get(plan.definition) or Shard(plan.definition)
            for plan in self._program.shards
        }

    def close(self) -> None:
        """Let go of the handles: each is freed once no engine and no question uses it."""
        self.shards = {}

    def find_winner(self, facts: Mapping[str, Fact]) -> Rule | None:
        """The first rule in the total order that holds. Raises `EngineError`."""
        program, shards = self._program, self.shards
        true = program.atoms.find_true(facts)
        best = len(program.rules)
        for number, groups in _arrange(program, true):
            if groups[0].best >= best:
                break
            plan = program.shards[number]
            shard = shards.get(plan.definition) or Shard(plan.definition)
            for chunk, flags in _split(groups, true):
                if chunk[0].best < best:
                    properties = [group.wake for group in chunk]
                    properties += [plan.names[atom] for atom in flags if atom in plan.names]
                    found = shard.find_first(properties)
                    best = best if found is None else min(best, plan.ranks[found])
        return program.rules[best] if best < len(program.rules) else None


def _arrange(program: Program, true: set[int]) -> list[tuple[int, list[Group]]]:
    """The shards that may hold the winner with their groups, the most promising first."""
    by_shard: dict[int, list[Group]] = {}
    for anchor in (None, *(program.groups.keys() & true)):
        for group in program.groups.get(anchor, ()):
            by_shard.setdefault(group.shard, []).append(group)
    for groups in by_shard.values():
        groups.sort(key=lambda group: group.best)
    return sorted(by_shard.items(), key=lambda item: item[1][0].best)


def _split(groups: list[Group], true: set[int]) -> Iterator[tuple[list[Group], set[int]]]:
    """Portions that one message can ask: the groups, and the true atoms that they test."""
    chunk: list[Group] = []
    live, flags = 0, set[int]()
    for group in groups:
        more = flags | (group.atoms & true)
        if chunk and (live + group.size > MAX_LIVE or len(more) > MAX_FLAGS):
            yield chunk, flags
            chunk, live, more = [], 0, set(group.atoms & true)
        chunk.append(group)
        live += group.size
        flags = more
    yield chunk, flags
