"""The rulebook as values: what a file says once it has been read and found sound."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rules.language.facts import Scalar
from rules.language.patterns import Pattern
from rules.language.phrases import Phrase

Operator: TypeAlias = Literal[
    "known", "is", "not", "in", "not_in", "at_least", "at_most", "above", "below"
]
Expression: TypeAlias = Phrase | Pattern


@dataclass(frozen=True, slots=True)
class EntityValue:
    """A canonical value and the other words it goes by."""

    name: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """Something found in a text: by a pattern, or as one of its values."""

    name: str
    pattern: Pattern | None = None
    values: tuple[EntityValue, ...] = ()
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """What a visitor may want, and how it is said."""

    name: str
    phrases: tuple[Expression, ...]
    avoid: tuple[Expression, ...] = ()
    sealed: bool = False  # the model may never answer it
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """One leaf: an operator on one fact. `known` takes a bool, `in` and `not_in` a tuple."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    fact: str
    operator: Operator
    operand: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every part does."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part does."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Holds when no part does."""

    parts: tuple["Condition", ...]


Condition: TypeAlias = Test | AllOf | AnyOf | NoneOf


@dataclass(frozen=True, slots=True)
class Text:
    """A text, or one per language; the first stands in for languages not given."""

    versions: tuple[tuple[str | None, str], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    text: Text
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for a slot; after `retries` repeats without a value a person takes over."""

    slot: str
    prompt: Text
    retries: int = 2


@dataclass(frozen=True, slots=True)
class SetSlot:
    slot: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Tag:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escalate:
    instruction: str | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    queue: str = "default"


@dataclass(frozen=True, slots=True)
class Close:
    pass


Action: TypeAlias = Reply | Ask | SetSlot | Tag | Escalate | Handoff | Close


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A message that must be decided as `expect`: a rule's name, or None for no rule."""

    text: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    expect: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When something holds, then act."""

    name: str
    when: Condition
    then: tuple[Action, ...]
    priority: int = 0
    examples: tuple[RuleExample, ...] = ()

    @property
    def order(self) -> tuple[int, int, str]:
        """The total order's key: of two rules that hold, the smaller one wins."""
        return (-self.priority, -count_leaves(self.when), self.name)

    @property
    def ask(self) -> Ask | None:
        """The question this rule asks, if it asks one."""
        return next((action for action in self.then if isinstance(action, Ask)), None)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything by name, in the order of the file."""

    entities: Mapping[str, Entity] = field(default_factory=dict)
    intents: Mapping[str, Intent] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)

    def sort_rules(self) -> list[Rule]:
        """The rules in the total order, the one that wins over all others first."""
        return sorted(self.rules.values(), key=lambda rule: rule.order)


def walk_leaves(condition: Condition) -> Iterator[Test]:
    """Every leaf as written, repeats included, from left to right."""
    if isinstance(condition, Test):
        yield condition
    else:
        for part in condition.parts:
            yield from walk_leaves(part)


def count_leaves(condition: Condition) -> int:
    """How many leaf conditions were written."""
    return sum(1 for _ in walk_leaves(condition))
