"""Passes: what the rules that win in one turn do, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.asking import Asked
from rules.language.facts import Fact, Scalar
from rules.replies import fill, render
from rules.rulebook.parts import (
    Ask,
    Call,
    Close,
    Escalate,
    Handoff,
    Reply,
    Rule,
    SetSlot,
    Tag,
    Text,
)

MAX_PASSES = 8  # of one turn


class Pass(NamedTuple):
    """One time the rules ran: the facts they saw and which of them won."""

    facts: Mapping[str, Fact]
    winner: Rule | None


@dataclass(slots=True)
class Effects:
    """Everything that was done so far. `facts` is replaced, never changed: a pass keeps its own."""

    facts: Mapping[str, Fact]
    passes: list[Pass] = field(default_factory=list)
    reply: str | None = None
    options: tuple[str, ...] = ()  # each once, like tags
    tags: tuple[str, ...] = ()
    language: str | None = None  # of a reply that is not in the visitor's
    call: Call | None = None  # of the pass that ran last
    asked: Asked | None = None
    handoff: str | None = None
    escalates: bool = False
    instruction: str | None = None
    close: bool = False

    def act(self, rule: Rule, intents: tuple[str, ...]) -> None:
        """Carry out a winner's actions, each seeing the slots that those before it set."""
        self.call = None
        for action in rule.then:
            match action:
                case Reply():
                    self.say(action.text)
                    self.options = _join(self.options, action.options)
                case Ask():
                    self.ask(action, Asked(action.slot, rule.name, tries=1, intents=intents))
                case SetSlot():
                    value = fill(action.value, self.facts)
                    self.facts = {**self.facts, f"slot.{action.slot}": value}
                case Tag():
                    self.tags = _join(self.tags, action.names)
                case Call():
                    self.call = self.call or action
                case Escalate():
                    self.escalates, self.instruction = True, action.instruction
                case Handoff():
                    self.handoff = action.queue
                case Close():
                    self.close = True

    def say(self, text: Text) -> None:
        said, fallback = render(text, self.facts)
        self.reply = said if self.reply is None else f"{self.reply}\n\n{said}"
        self.language = self.language or fallback

    def withdraw(self) -> None:
        """Nothing of it is said after all."""
        self.reply, self.options, self.language = None, (), None

    def ask(self, question: Ask, asked: Asked) -> None:
        self.say(question.prompt)
        self.asked = asked


def _join(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """All of them, each once."""
    return tuple(dict.fromkeys(some + more)) if more else some


def find_slots(facts: Mapping[str, Fact]) -> dict[str, Scalar]:
    """The slots among the facts, by their own names."""
    if "slot." not in " ".join(facts):  # a third of the time of looking at each
        return {}
    return {
        name[5:]: value
        for name, value in facts.items()
        if name[:5] == "slot." and not isinstance(value, tuple)
    }
