"""The reference: the same meaning a second time, written plainly and sharing no shortcut.

It is the oracle of tests and publishing, the source of explanations, and the stand-in where
durable-rules does not load. It walks phrases and conditions as they were written.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from rules.language.facts import Fact, Scalar
from rules.language.patterns import Pattern
from rules.language.phrases import Choice, Gap, Item, Phrase, Words
from rules.language.text import replace_surrogates, split_words
from rules.recognition import Recognition
from rules.rulebook.parts import AllOf, AnyOf, Condition, Entity, Rule, Rulebook, Test

Span: TypeAlias = tuple[int, int]  # from the first word to the one after the last


class ReferenceEvaluator:
    """Decides by looking at one thing after the other."""

    name = "reference"

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._rules = rulebook.sort_rules()
        self._intents = [
            (intent.name, _prepare(intent.phrases), _prepare(intent.avoid))
            for intent in rulebook.intents.values()
        ]
        self._values = {
            entity.name: build_spellings(entity)
            for entity in rulebook.entities.values()
            if entity.values
        }

    def recognise(self, text: str) -> Recognition:
        words, raw = split_words(text), replace_surrogates(text)
        intents = (
            name
            for name, phrases, avoid in self._intents
            if _any_found(phrases, words, raw) and not _any_found(avoid, words, raw)
        )
        found = {
            name: self._find_values(entity, words=words, raw=raw)
            for name, entity in self.rulebook.entities.items()
        }
        return Recognition(
            intents=tuple(sorted(intents)),
            entities={name: values for name, values in found.items() if values},
        )

    def find_winner(self, facts: Mapping[str, Fact]) -> Rule | None:
        return next((rule for rule in self._rules if rule_holds(rule, facts)), None)

    def close(self) -> None:
        """Nothing is held outside Python."""

    def _find_values(self, entity: Entity, *, words: list[str], raw: str) -> tuple[str, ...]:
        if entity.pattern is not None:
            found = [raw[start:end] for start, end in entity.pattern.find_spans(raw)]
        else:
            found = [value for _, value in find_values(self._values[entity.name], words)]
        return tuple(dict.fromkeys(found))


Prepared: TypeAlias = Sequence[tuple[Phrase | Pattern, frozenset[str]]]


def _prepare(expressions: Sequence[Phrase | Pattern]) -> Prepared:
    """With each phrase the words of which its first required item begins with one."""
    return [(each, _find_openings(each)) for each in expressions]


def _find_openings(expression: Phrase | Pattern) -> frozenset[str]:
    if isinstance(expression, Pattern):
        return frozenset()
    required = next(
        item for item in expression.items if isinstance(item, Choice) and not item.optional
    )
    return frozenset(words[0] for words in required.alternatives)


def _any_found(prepared: Prepared, words: Sequence[str], raw: str) -> bool:
    for expression, openings in prepared:
        if isinstance(expression, Pattern):
            if expression.matches(raw):
                return True
        elif not openings.isdisjoint(words) and matches_phrase(expression, words):
            return True
    return False


def matches_phrase(phrase: Phrase, words: Sequence[str]) -> bool:
    """Whether the phrase stands anywhere among the words."""
    places = set(range(len(words) + 1))
    for item in phrase.items:
        places = {after for place in places for after in walk_item(item, words, place)}
    return bool(places)


def walk_item(item: Item, words: Sequence[str], place: int) -> Iterator[int]:
    """The places where an item that begins at `place` can have ended."""
    if isinstance(item, Gap):
        yield from range(place, min(place + item.most, len(words)) + 1)
        return
    if item.optional:
        yield place
    for alternative in item.alternatives:
        if starts_with(words, alternative, place):
            yield place + len(alternative)


def starts_with(words: Sequence[str], wanted: Words, place: int) -> bool:
    return tuple(words[place : place + len(wanted)]) == wanted


Spellings: TypeAlias = Mapping[str, Sequence[tuple[Words, str]]]  # by first word, longest first


def build_spellings(entity: Entity) -> Spellings:
    """The words that mean each value of an entity."""
    spellings: dict[str, list[tuple[Words, str]]] = defaultdict(list)
    for value in entity.values:
        for text in (value.name, *value.synonyms):
            words = tuple(split_words(text))
            spellings[words[0]].append((words, value.name))
    for found in spellings.values():
        found.sort(key=lambda spelling: -len(spelling[0]))
    return spellings


def find_values(spellings: Spellings, words: Sequence[str]) -> Iterator[tuple[Span, str]]:
    """Values from left to right, the longest at each place; they never overlap."""
    place = 0
    while place < len(words):
        here = (
            (len(wanted), value)
            for wanted, value in spellings.get(words[place], ())
            if starts_with(words, wanted, place)
        )
        length, value = next(here, (0, ""))
        if length:
            yield (place, place + length), value
        place += length or 1


def rule_holds(rule: Rule, facts: Mapping[str, Fact]) -> bool:
    """A rule that asks is false while its slot is filled."""
    if rule.ask is not None and f"slot.{rule.ask.slot}" in facts:
        return False
    return holds(rule.when, facts)


def holds(condition: Condition, facts: Mapping[str, Fact]) -> bool:
    if isinstance(condition, Test):
        return leaf_holds(condition, facts.get(condition.fact))
    results = (holds(part, facts) for part in condition.parts)
    if isinstance(condition, AllOf):
        return all(results)
    return any(results) if isinstance(condition, AnyOf) else not any(results)


def leaf_holds(test: Test, fact: Fact | None) -> bool:
    """What is absent makes every test false except `known: false`."""
    present = fact is not None and fact != ()
    if test.operator == "known":
        return present is test.operand
    if fact is None or not present:
        return False
    values = fact if isinstance(fact, tuple) else (fact,)
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    if test.operator in {"not", "not_in"}:
        return not any(is_same(value, operand) for value in values for operand in operands)
    compare = _COMPARISONS[test.operator]
    return any(compare(value, operand) for value in values for operand in operands)


def is_same(one: Scalar, other: Scalar) -> bool:
    """Typed equality: 1, "1" and true differ, 1 and 1.0 do not."""
    return kind_of(one) == kind_of(other) and one == other


def kind_of(value: Scalar) -> str:
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"


def _compare(operator: Callable[[float, float], bool]) -> Callable[[Scalar, Scalar], bool]:
    def compare(one: Scalar, other: Scalar) -> bool:
        if isinstance(one, bool | str) or isinstance(other, bool | str):
            return False
        return operator(one, other)

    return compare


_COMPARISONS: Mapping[str, Callable[[Scalar, Scalar], bool]] = {
    "is": is_same,
    "in": is_same,
    "at_least": _compare(lambda one, other: one >= other),
    "at_most": _compare(lambda one, other: one <= other),
    "above": _compare(lambda one, other: one > other),
    "below": _compare(lambda one, other: one < other),
}
