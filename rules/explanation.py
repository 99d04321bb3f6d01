"""The why of a decision: what matched where, what each condition saw, who lost, who nearly won."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from rules.decision import Decision, Situation, build_facts, decide
from rules.evidence import Match, find_matches
from rules.language.facts import Fact, Scalar
from rules.language.text import MAX_MESSAGE
from rules.reference import ReferenceEvaluator, holds, rule_holds
from rules.rulebook.parts import AllOf, AnyOf, Condition, NoneOf, Rule, Rulebook, Test, count_leaves

MAX_LISTED = 5  # losers, and near misses


@dataclass(frozen=True, slots=True)
class Check:
    """One condition and whether it holds; a leaf with the value it saw, a group with its parts."""

    kind: Literal["test", "all", "any", "none"]
    holds: bool
    text: str
    value: Fact | None = None
    parts: tuple["Check", ...] = ()


@dataclass(frozen=True, slots=True)
class Loser:
    """A rule that held as well, and what put it behind the winner."""

    rule: str
    because: Literal["priority", "conditions", "name"]
    text: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that one leaf kept from holding."""

    rule: str
    missing: str
    value: Fact | None
    would_win: bool
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind one decision, in an order that never varies."""

    decision: Decision
    matches: tuple[Match, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    checks: Check | None = None  # of the rule that decided
    losers: tuple[Loser, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        plain: dict[str, Any] = _to_plain(asdict(self))
        return plain


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _to_plain(part) for key, part in value.items()}
    return [_to_plain(part) for part in value] if isinstance(value, list | tuple) else value


def explain(rulebook: Rulebook, situation: Situation) -> Explanation:
    """Decide once more, by the reference evaluator, and say why. Slow: for people, not traffic."""
    evaluator = ReferenceEvaluator(rulebook)
    decision = decide(evaluator, situation)
    if len(situation.text) > MAX_MESSAGE:
        return Explanation(decision=decision)
    facts = build_facts(evaluator, situation)
    rules = rulebook.sort_rules()
    holding = [rule for rule in rules if rule_holds(rule, facts)]
    winner = holding[0] if holding else None
    decided = rulebook.rules.get(decision.rule) if decision.rule is not None else None
    return Explanation(
        decision=decision,
        matches=find_matches(rulebook, situation.text),
        facts=dict(sorted(facts.items())),
        checks=build_check(build_whole(decided), facts) if decided else None,
        losers=tuple(_build_loser(rule, holding[0]) for rule in holding[1 : 1 + MAX_LISTED]),
        near_misses=_find_near_misses(rules, winner, facts),
    )


def build_whole(rule: Rule) -> Condition:
    """A rule's condition with the one that asking adds: its slot must not be filled."""
    if rule.ask is None:
        return rule.when
    return AllOf((rule.when, Test(f"slot.{rule.ask.slot}", "known", False)))


_KINDS: Mapping[type, Literal["all", "any", "none"]] = {AllOf: "all", AnyOf: "any", NoneOf: "none"}


def build_check(condition: Condition, facts: Mapping[str, Fact]) -> Check:
    if isinstance(condition, Test):
        return Check(
            kind="test",
            holds=holds(condition, facts),
            text=describe_test(condition),
            value=facts.get(condition.fact),
        )
    kind = _KINDS[type(condition)]
    return Check(
        kind=kind,
        holds=holds(condition, facts),
        text=f"{kind} of",
        parts=tuple(build_check(part, facts) for part in condition.parts),
    )


def describe_test(test: Test) -> str:
    """A leaf in words: `intent is track_order`, `turn at least 3`, `slot size not known`."""
    kind, _, name = test.fact.partition(".")
    subject = f"{kind} {name}" if kind in {"entity", "slot"} and name else test.fact
    if test.operator == "known":
        return f"{subject} {'known' if test.operand is True else 'not known'}"
    operator = "is not" if test.operator == "not" else test.operator.replace("_", " ")
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    subject = "intent" if test.fact == "intents" else subject
    return f"{subject} {operator} {', '.join(map(_show, operands))}"


def _show(value: Scalar) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _build_loser(rule: Rule, winner: Rule) -> Loser:
    leaves, more = count_leaves(rule.when), count_leaves(winner.when)
    if rule.priority != winner.priority:
        text = f"priority {rule.priority} is lower than {winner.priority} of {winner.name}"
        return Loser(rule=rule.name, because="priority", text=text)
    if leaves != more:
        text = f"conditions: {leaves}, fewer than {more} of {winner.name}"
        return Loser(rule=rule.name, because="conditions", text=text)
    return Loser(rule=rule.name, because="name", text=f"its name comes after {winner.name}")


def _find_near_misses(
    rules: list[Rule], winner: Rule | None, facts: Mapping[str, Fact]
) -> tuple[NearMiss, ...]:
    """Those with the most conditions met first, then in the total order.

    A rule of a single leaf is always one leaf away: that says nothing.
    """
    found: list[tuple[int, NearMiss]] = []
    for rule in rules:
        condition = build_whole(rule)
        if count_leaves(rule.when) > 1 and not holds(condition, facts):
            for leaf in list(find_turning_leaves(condition, facts))[:1]:
                miss = _build_near_miss(rule, leaf, winner, facts)
                found.append((count_leaves(condition), miss))
    found.sort(key=lambda item: -item[0])
    return tuple(miss for _, miss in found[:MAX_LISTED])


def find_turning_leaves(condition: Condition, facts: Mapping[str, Fact]) -> Iterator[Test]:
    """The leaves each of which alone, were it otherwise, would turn the whole condition."""
    if isinstance(condition, Test):
        yield condition
        return
    # In `all` a false part decides, in `any` and `none` a true one.
    decisive = not isinstance(condition, AllOf)
    deciding = [part for part in condition.parts if holds(part, facts) is decisive]
    for part in deciding or condition.parts:
        if len(deciding) <= 1:
            yield from find_turning_leaves(part, facts)


def _build_near_miss(
    rule: Rule, leaf: Test, winner: Rule | None, facts: Mapping[str, Fact]
) -> NearMiss:
    would_win = winner is None or rule.order < winner.order
    wanted = describe_test(leaf)
    wish = f"not ({wanted})" if holds(leaf, facts) else wanted
    return NearMiss(
        rule=rule.name,
        missing=wish,
        value=facts.get(leaf.fact),
        would_win=would_win,
        text=f"would have {'won' if would_win else 'held'} with {wish}",
    )
