"""The rulebook as values: what a file says once it has been read and found sound."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from rules.language.builtins import Builtin
from rules.language.facts import LOCAL_CLOCK, UTC_CLOCK, Scalar
from rules.language.patterns import Pattern
from rules.language.phrases import Phrase

Operator: TypeAlias = Literal[
    "known", "is", "not", "in", "not_in", "at_least", "at_most", "above", "below"
]
Expression: TypeAlias = Phrase | Pattern
Criterion: TypeAlias = Literal["two_intents", "asks_spent", "repeated_rule", "rejected_answer"]

REJECTION = "rejection"  # the tag of intents that say: that was no answer


@dataclass(frozen=True, slots=True)
class EntityValue:
    """A canonical value and the other words it goes by."""

    name: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """Something found in a text: by a pattern, as one of its values, or by a library.

    A `builtin` is looked for only when a rule or an open question needs it.
    """

    name: str
    pattern: Pattern | None = None
    values: tuple[EntityValue, ...] = ()
    builtin: Builtin | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """What a visitor may want, and how it is said."""

    name: str
    phrases: tuple[Expression, ...]
    avoid: tuple[Expression, ...] = ()
    sealed: bool = False  # the model may never answer it
    tags: tuple[str, ...] = ()  # `rejection`: saying it rejects the last answer
    typos: Mapping[str, int] = field(default_factory=dict)  # word to the slips it forgives
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
class Call:
    """Ask a webhook; its answer becomes facts, and the rules run again."""

    webhook: str

    @property
    def answered(self) -> str:
        """The fact that is there once it has answered or failed in this turn."""
        return f"call.{self.webhook}.ok"


@dataclass(frozen=True, slots=True)
class Close:
    pass


Action: TypeAlias = Reply | Ask | SetSlot | Tag | Call | Escalate | Handoff | Close


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that answers JSON with JSON: the facts it is sent, seconds it may take."""

    name: str
    url: str
    send: tuple[str, ...] = ()
    timeout: float = 3.0
    public: bool = False  # may be called without a verified identity
    tool: str = ""  # what the model may look up with it; empty: nothing


@dataclass(frozen=True, slots=True)
class Moment:
    """Seconds since 1970: absolute, or by the clock on the site's wall."""

    seconds: float
    is_local: bool

    @property
    def clock(self) -> str:
        return LOCAL_CLOCK if self.is_local else UTC_CLOCK


@dataclass(frozen=True, slots=True)
class Validity:
    """From a moment on, until just before another."""

    start: Moment | None = None
    until: Moment | None = None

    @property
    def tests(self) -> Iterator[Test]:
        if self.start is not None:
            yield Test(self.start.clock, "at_least", self.start.seconds)
        if self.until is not None:
            yield Test(self.until.clock, "below", self.until.seconds)


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
    validity: Validity | None = None

    @property
    def order(self) -> tuple[int, int, str]:
        """The total order's key: of two rules that hold, the smaller one wins."""
        return (-self.priority, -count_leaves(self.when), self.name)

    @property
    def ask(self) -> Ask | None:
        """The question this rule asks, if it asks one."""
        return next((action for action in self.then if isinstance(action, Ask)), None)

    @property
    def call(self) -> Call | None:
        """The webhook this rule calls, if it calls one."""
        return next((action for action in self.then if isinstance(action, Call)), None)

    @property
    def implied(self) -> tuple[Test, ...]:
        """What must hold besides `when`, and counts as no leaf: nothing is asked or called
        that is known already, and the time has come."""
        tests: list[Test] = list(self.validity.tests) if self.validity else []
        if self.ask is not None:
            tests.append(Test(f"slot.{self.ask.slot}", "known", False))
        if self.call is not None:
            tests.append(Test(self.call.answered, "known", False))
        return tuple(tests)

    @property
    def hands_over(self) -> bool:
        return any(isinstance(action, Handoff) for action in self.then)


@dataclass(frozen=True)
class Rulebook:
    """Everything by name, in the order of the file; what follows from it is found once."""

    entities: Mapping[str, Entity] = field(default_factory=dict)
    intents: Mapping[str, Intent] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    complex: tuple[Criterion, ...] = ()  # what is too complex for rules though one matched

    @cached_property
    def lazies(self) -> tuple[Entity, ...]:
        """The entities that libraries look for, and only on request."""
        return tuple(entity for entity in self.entities.values() if entity.builtin is not None)

    @cached_property
    def sealed(self) -> frozenset[str]:
        """The intents that the model may never answer."""
        return frozenset(intent.name for intent in self.intents.values() if intent.sealed)

    @cached_property
    def rejections(self) -> frozenset[str]:
        """The intents that reject the last answer."""
        return frozenset(each.name for each in self.intents.values() if REJECTION in each.tags)

    @cached_property
    def rules_by_intent(self) -> Mapping[str, frozenset[str]]:
        """For each intent the names of the rules whose conditions name it."""
        found: dict[str, set[str]] = {name: set() for name in self.intents}
        for rule in self.rules.values():
            for name in find_intents(rule.when):
                if isinstance(name, str) and name in found:
                    found[name].add(rule.name)
        return {intent: frozenset(rules) for intent, rules in found.items()}

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


def find_intents(condition: Condition) -> set[Scalar]:
    """What a condition says of intents, for or against: their names."""
    operands = (
        leaf.operand for leaf in walk_leaves(condition) if leaf.fact in {"intent", "intents"}
    )
    return {
        name
        for operand in operands
        for name in (operand if isinstance(operand, tuple) else (operand,))
    }
