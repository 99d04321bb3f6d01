"""Which lazy entities the rules want: those that a rule mentions which could still hold.

Three-valued logic (Kleene's): what a library has not looked for yet is unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rules.language.facts import Fact
from rules.reference.conditions import leaf_holds
from rules.rulebook.parse_actions import PLACEHOLDER
from rules.rulebook.parts import (
    Action,
    AllOf,
    Ask,
    Call,
    Condition,
    NoneOf,
    Reply,
    Rule,
    Rulebook,
    SetSlot,
    Test,
    Text,
    walk_leaves,
)

Verdict: TypeAlias = bool | None  # None: not known


@dataclass(frozen=True, slots=True)
class Asker:
    """A rule that mentions lazy entities."""

    rule: Rule
    entities: frozenset[str]


def find_wanted(
    askers: Sequence[Asker], lazies: frozenset[str], facts: Mapping[str, Fact]
) -> frozenset[str]:
    """What the rules that are not false yet mention."""
    wanted: set[str] = set()
    for asker in askers:
        if not asker.entities <= wanted and could_hold(asker.rule, lazies, facts):
            wanted |= asker.entities
    return frozenset(wanted)


def find_askers(rulebook: Rulebook) -> tuple[Asker, ...]:
    lazies = frozenset(entity.name for entity in rulebook.lazies)
    askers = (
        Asker(rule=rule, entities=lazies & {*find_mentioned(rule, rulebook)})
        for rule in (rulebook.rules.values() if lazies else ())
    )
    return tuple(asker for asker in askers if asker.entities)


def find_mentioned(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    """The entities and slots that a rule tests, asks for, shows, stores or sends."""
    for leaf in walk_leaves(rule.when):
        yield from _find_subject(leaf.fact)
    for action in rule.then:
        yield from _find_in_action(action, rulebook)


def _find_in_action(action: Action, rulebook: Rulebook) -> Iterator[str]:
    match action:
        case Reply():
            yield from _find_in_text(action.text)
        case Ask():
            yield action.slot
            yield from _find_in_text(action.prompt)
        case SetSlot(value=str(value)):
            yield from _find_in_version(value)
        case Call():
            for fact in rulebook.webhooks[action.webhook].send:
                yield from _find_subject(fact)


def _find_in_text(text: Text) -> Iterator[str]:
    for _, version in text.versions:
        yield from _find_in_version(version)


def _find_in_version(version: str) -> Iterator[str]:
    for name in PLACEHOLDER.findall(version):
        yield name
        yield from _find_subject(name)


def _find_subject(fact: str) -> Iterator[str]:
    """The entity that a fact is about: `due` of `slot.due` and of `entity.due.amount`."""
    kind, _, rest = fact.partition(".")
    if kind == "slot":
        yield rest
    elif kind == "entity":
        yield rest.partition(".")[0]


def could_hold(rule: Rule, lazies: frozenset[str], facts: Mapping[str, Fact]) -> bool:
    """Whether neither the rule's condition nor what it implies is false already."""
    parts = (*rule.implied, rule.when)
    return all(judge(part, lazies, facts) is not False for part in parts)


def judge(condition: Condition, lazies: frozenset[str], facts: Mapping[str, Fact]) -> Verdict:
    if isinstance(condition, Test):
        if any(subject in lazies for subject in _find_subject(condition.fact)):
            return None
        return leaf_holds(condition, facts.get(condition.fact))
    verdicts = [judge(part, lazies, facts) for part in condition.parts]
    if isinstance(condition, AllOf):
        return _judge_all(verdicts)
    one_holds = _negate(_judge_all([_negate(verdict) for verdict in verdicts]))
    return _negate(one_holds) if isinstance(condition, NoneOf) else one_holds


def _judge_all(verdicts: Sequence[Verdict]) -> Verdict:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _negate(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict
