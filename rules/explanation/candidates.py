"""The rules that came near: the winner, those that held and lost, those that failed narrowly."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rules.explanation.checks import (
    Check,
    build_check,
    build_whole,
    describe_test,
    find_turning_leaves,
)
from rules.explanation.suggestions import measure_nearness, suggest_words
from rules.language.facts import Fact
from rules.reference import holds, leaf_holds
from rules.rulebook.parts import Condition, Rule, Rulebook, Test, count_leaves, walk_leaves

MAX_LISTED = 5  # losers, and near misses
MAX_CANDIDATES = 20
MAX_TRIED = 3  # near misses for which words are tried: each trial is a whole decision
_HALF = 0.5  # of a phrase: less is no near miss of a rule that tests nothing else

Wins: TypeAlias = Callable[[str, Rule], bool]  # whether a rule wins with words added


@dataclass(frozen=True, slots=True)
class Loser:
    """A rule that held as well, and what put it behind the winner."""

    rule: str
    because: Literal["priority", "conditions", "name"]
    text: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that one leaf kept from holding; `say` is what would make it win, tried and true."""

    rule: str
    missing: str
    value: Fact | None
    would_win: bool
    text: str
    say: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that this message has to do with, with a tick or a cross at every condition."""

    rule: str
    outcome: Literal["won", "lost", "set aside", "failed"]
    checks: Check
    text: str = ""  # why it did not win


def build_losers(holding: Sequence[Rule]) -> tuple[Loser, ...]:
    """Of the rules that hold, in the total order, those behind the first."""
    return tuple(_build_loser(rule, holding[0]) for rule in holding[1 : 1 + MAX_LISTED])


def _build_loser(rule: Rule, winner: Rule) -> Loser:
    leaves, more = count_leaves(rule.when), count_leaves(winner.when)
    if rule.priority != winner.priority:
        text = f"priority {rule.priority} is lower than {winner.priority} of {winner.name}"
        return Loser(rule=rule.name, because="priority", text=text)
    if leaves != more:
        text = f"conditions: {leaves}, fewer than {more} of {winner.name}"
        return Loser(rule=rule.name, because="conditions", text=text)
    return Loser(rule=rule.name, because="name", text=f"its name comes after {winner.name}")


@dataclass(frozen=True, slots=True)
class Scene:
    """What candidates are judged by: the message, the facts, the rules that hold and do not."""

    rulebook: Rulebook
    text: str
    facts: Mapping[str, Fact]
    holding: Sequence[Rule]  # in the total order, as are the others
    failing: Sequence[Rule]

    @property
    def winner(self) -> Rule | None:
        return self.holding[0] if self.holding else None

    def would_win(self, rule: Rule) -> bool:
        return self.winner is None or rule.order < self.winner.order


def find_near_misses(scene: Scene, wins: Wins) -> tuple[NearMiss, ...]:
    """Those that came nearest first: most conditions met and most of a phrase said."""
    ranked = sorted(_rank(scene), key=lambda item: item[0])[:MAX_LISTED]
    return tuple(
        _build_near_miss(scene, rule, leaf, wins if at < MAX_TRIED else None)
        for at, (_, rule, leaf) in enumerate(ranked)
    )


def _rank(scene: Scene) -> Iterator[tuple[tuple[float, tuple[int, int, str]], Rule, Test]]:
    """A rule of a single leaf is always one leaf away: it counts when half a phrase is said."""
    nearness: dict[str, float] = {}
    for rule in scene.failing:
        leaf = next(find_turning_leaves(build_whole(rule), scene.facts), None)
        if leaf is None:
            continue
        name = str(leaf.operand) if leaf.fact == "intents" else ""
        if name not in nearness:
            nearness[name] = _measure(scene, leaf)
        met = count_leaves(rule.when) - 1
        if met > 0 or nearness[name] >= _HALF:
            yield (-(met + nearness[name]), rule.order), rule, leaf


def _measure(scene: Scene, leaf: Test) -> float:
    intent = scene.rulebook.intents.get(str(leaf.operand)) if leaf.fact == "intents" else None
    if intent is None or holds(leaf, scene.facts):
        return 0.0
    return measure_nearness(intent, scene.text)


def _build_near_miss(scene: Scene, rule: Rule, leaf: Test, wins: Wins | None) -> NearMiss:
    unwanted = holds(leaf, scene.facts)
    missing = describe_test(leaf)
    wish = f"not ({missing})" if unwanted else missing
    would_win = scene.would_win(rule)
    verb = "won" if would_win else "held"
    say = None
    if wins is not None and would_win and not unwanted:
        say = _find_words(scene, rule, leaf, wins)
    text = f"would have {verb} if it also said “{say}”" if say else f"would have {verb} with {wish}"
    return NearMiss(
        rule=rule.name,
        missing=wish,
        value=scene.facts.get(leaf.fact),
        would_win=would_win,
        text=text,
        say=say,
    )


def _find_words(scene: Scene, rule: Rule, leaf: Test, wins: Wins) -> str | None:
    words = dict.fromkeys(suggest_words(leaf, scene.rulebook, scene.text))
    return next((each for each in words if wins(each, rule)), None)


def find_candidates(scene: Scene, *, aside: str = "") -> tuple[Candidate, ...]:
    """All rules that hold, then those of which something that was said holds, nearest first.

    `aside` says why the winner was not heard, if it was not.
    """
    facts = scene.facts
    near = [
        (_count_crosses(build_whole(rule), facts), rule.order, rule)
        for rule in scene.failing
        if any(_is_said(leaf, facts) for leaf in walk_leaves(rule.when))
    ]
    near.sort(key=lambda item: item[:2])
    found = [_build_holding(rule, scene, aside=aside) for rule in scene.holding[:MAX_CANDIDATES]]
    found += [_build_failing(rule, facts) for _, _, rule in near[:MAX_CANDIDATES]]
    return tuple(found[:MAX_CANDIDATES])


def _is_said(leaf: Test, facts: Mapping[str, Fact]) -> bool:
    """Whether a leaf holds because of something in the message."""
    asks = leaf.operator in {"is", "in"} or leaf.operand is True
    is_said = leaf.fact in {"intent", "intents"} or leaf.fact.startswith("entity.")
    return asks and is_said and leaf_holds(leaf, facts.get(leaf.fact))


def _count_crosses(condition: Condition, facts: Mapping[str, Fact]) -> int:
    return sum(not leaf_holds(leaf, facts.get(leaf.fact)) for leaf in walk_leaves(condition))


def _build_holding(rule: Rule, scene: Scene, *, aside: str) -> Candidate:
    checks = build_check(build_whole(rule), scene.facts)
    if scene.winner is None or rule.name == scene.winner.name:
        outcome: Literal["won", "set aside"] = "set aside" if aside else "won"
        return Candidate(rule=rule.name, outcome=outcome, checks=checks, text=aside)
    text = _build_loser(rule, scene.winner).text
    return Candidate(rule=rule.name, outcome="lost", checks=checks, text=text)


def _build_failing(rule: Rule, facts: Mapping[str, Fact]) -> Candidate:
    checks = build_check(build_whole(rule), facts)
    crosses = _count_crosses(build_whole(rule), facts)
    text = "one condition does not hold" if crosses == 1 else f"{crosses} conditions do not hold"
    return Candidate(rule=rule.name, outcome="failed", checks=checks, text=text)
