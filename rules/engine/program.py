"""The compiler: a rulebook's conditions as small rulesets over bare flags, behind an index.

Every distinct test is an atom that is evaluated outside the engine; a condition becomes
alternatives of atoms that must and must not be true, each one rule of the engine. Each is
filed under its rarest positive atom, its anchor, so that a message wakes few of them.
"""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rules.engine.atoms import AtomIndex
from rules.rulebook.alternatives import Literal, build_alternatives
from rules.rulebook.parts import Rule, Rulebook, Test

MAX_GROUP = 50  # rules of one anchor that one flag wakes
MAX_GROUP_ATOMS = 190  # that they test: one message holds 254 properties
SHARD_AIM = 120  # rules of one engine handle, on average
MAX_SHARD = 240

WARM = "w"  # the property of the rule that warms a handle
# Words with a meaning of their own to the engine, and what it adds to messages.
_RESERVED = f"id sid m all any pri count cap dist name $s $forward $m $time {WARM}".split()


@dataclass(frozen=True, slots=True)
class Chain:
    """One alternative of one rule: the atoms it needs and the atoms it excludes."""

    rank: int  # the rule's place in the total order
    needs: frozenset[int]
    excludes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Group:
    """Chains with one anchor in one shard, woken by one property."""

    shard: int
    wake: str
    size: int
    best: int  # the lowest rank in it
    atoms: frozenset[int]  # all that they test


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """One engine handle to be: its definition speaks only of short local names."""

    definition: str
    names: Mapping[int, str]  # atom to property
    ranks: tuple[int, ...]  # of the engine's rules `r0`, `r1`, …


@dataclass(frozen=True, slots=True)
class Program:
    """All a decision needs besides the engine."""

    atoms: AtomIndex
    rules: tuple[Rule, ...]  # by rank
    shards: tuple[ShardPlan, ...]
    groups: Mapping[int | None, tuple[Group, ...]]  # by anchor; None is always awake


def build_program(rulebook: Rulebook) -> Program:
    """Compile a rulebook; the same rulebook always gives the same program."""
    rules = tuple(rulebook.sort_rules())
    literals = [list(_build_literals(rule)) for rule in rules]
    atoms = AtomIndex(literal.test for ways in literals for way in ways for literal in way)
    chains = [
        chain
        for rank, ways in enumerate(literals)
        for chain in dict.fromkeys(_build_chain(rank, way, atoms) for way in ways)
        if not chain.needs & chain.excludes
    ]
    plans: list[ShardPlan] = []
    groups: dict[int | None, list[Group]] = defaultdict(list)
    for batch in _fill_shards(_file_by_anchor(chains, atoms), labels=atoms.build_labels()):
        plan, woken = _build_shard(len(plans), batch)
        plans.append(plan)
        for anchor, group in woken:
            groups[anchor].append(group)
    return Program(
        atoms=atoms,
        rules=rules,
        shards=tuple(plans),
        groups={anchor: tuple(found) for anchor, found in groups.items()},
    )


def _build_literals(rule: Rule) -> Iterator[tuple[Literal, ...]]:
    """The alternatives; a rule that asks is false while its slot is filled."""
    extra: tuple[Literal, ...] = ()
    if rule.ask is not None:
        extra = (Literal(test=Test(f"slot.{rule.ask.slot}", "known", True), positive=False),)
    for alternative in build_alternatives(rule.when):
        yield alternative + extra


def _build_chain(rank: int, way: tuple[Literal, ...], atoms: AtomIndex) -> Chain:
    return Chain(
        rank=rank,
        needs=frozenset(atoms.get_number(each.test) for each in way if each.positive),
        excludes=frozenset(atoms.get_number(each.test) for each in way if not each.positive),
    )


def _file_by_anchor(chains: list[Chain], atoms: AtomIndex) -> dict[int | None, list[Chain]]:
    """The best anchor is seldom true: an exact value first, then the least used test."""
    frequency = Counter(atom for chain in chains for atom in chain.needs)
    breadths = atoms.build_breadths()
    filed: dict[int | None, list[Chain]] = defaultdict(list)
    for chain in chains:
        anchor = min(
            chain.needs, key=lambda atom: (breadths[atom], frequency[atom], atom), default=None
        )
        filed[anchor].append(chain)
    return filed


@dataclass(slots=True)
class _Batch:
    """Chains that will share a handle, with their anchors, in portions of one anchor each."""

    size: int = 0
    portions: list[tuple[int | None, list[Chain]]] = field(default_factory=list)


def _fill_shards(
    filed: Mapping[int | None, list[Chain]], *, labels: Mapping[int | None, str]
) -> list[_Batch]:
    """Deal anchors out by a stable hash, so that an edit leaves most shards as they were."""
    total = sum(len(chains) for chains in filed.values())
    buckets = 1
    while buckets * SHARD_AIM < total:
        buckets *= 2
    rows: list[list[_Batch]] = [[_Batch()] for _ in range(buckets)]
    for anchor in sorted(filed, key=labels.__getitem__):
        for number, portion in enumerate(_split_chains(filed[anchor])):
            row = rows[zlib.crc32(f"{labels[anchor]}/{number}".encode()) % buckets]
            if row[-1].size + len(portion) > MAX_SHARD:
                row.append(_Batch())
            row[-1].size += len(portion)
            row[-1].portions.append((anchor, portion))
    return [batch for row in rows for batch in row if batch.size]


def _split_chains(chains: list[Chain]) -> Iterator[list[Chain]]:
    """Portions small enough to be asked in one message; one chain always is."""
    portion: list[Chain] = []
    atoms: frozenset[int] = frozenset()
    for chain in chains:
        more = atoms | chain.needs | chain.excludes
        if portion and (len(portion) == MAX_GROUP or len(more) > MAX_GROUP_ATOMS):
            yield portion
            portion, more = [], chain.needs | chain.excludes
        portion.append(chain)
        atoms = more
    yield portion


class _Names:
    """Short property names for one shard; the engine tells names apart by a 32-bit hash only."""

    def __init__(self) -> None:
        self._hashes = {hash_name(name) for name in _RESERVED}
        self._count = 0

    def take(self) -> str:
        while True:
            name = f"p{self._count}"
            self._count += 1
            if (hashed := hash_name(name)) not in self._hashes:
                self._hashes.add(hashed)
                return name


def hash_name(name: str) -> int:
    """FNV-1a in 32 bits, as the engine computes it."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def _build_shard(number: int, batch: _Batch) -> tuple[ShardPlan, list[tuple[int | None, Group]]]:
    names = _Names()
    properties: dict[int, str] = defaultdict(names.take)
    entries: list[tuple[int, list[object]]] = []
    woken: list[tuple[int | None, Group]] = []
    for anchor, chains in batch.portions:
        wake = names.take()
        group = Group(
            shard=number,
            wake=wake,
            size=len(chains),
            best=min(chain.rank for chain in chains),
            atoms=frozenset().union(*(chain.needs | chain.excludes for chain in chains)),
        )
        woken.append((anchor, group))
        entries += [
            (chain.rank, [{wake: 1}, *_build_tests(chain, anchor, properties)]) for chain in chains
        ]
    entries.sort(key=lambda entry: entry[0])
    plan = ShardPlan(
        definition=_build_definition([tests for _, tests in entries]),
        names=dict(properties),
        ranks=tuple(rank for rank, _ in entries),
    )
    return plan, woken


def _build_tests(chain: Chain, anchor: int | None, properties: dict[int, str]) -> list[object]:
    """What must be there before what must not: the engine stops at the first that fails."""
    needs = [{properties[atom]: 1} for atom in sorted(chain.needs) if atom != anchor]
    return [*needs, *({"$nex": {properties[atom]: 1}} for atom in sorted(chain.excludes))]


def _build_definition(chains: list[list[object]]) -> str:
    rules: dict[str, object] = {
        f"r{at}": {"all": [{"m": {"$and": tests}}], "pri": at} for at, tests in enumerate(chains)
    }
    rules[WARM] = {"all": [{"m": {WARM: 1}}], "pri": 65_535}
    return json.dumps(rules)
