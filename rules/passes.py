"""Passes: what the rules that win in one turn do, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.asking import Asked
from rules.language.facts import Fact, Scalar
from rules.replies import Rendering
from rules.rulebook.parts import Ask, Close, Escalate, Handoff, Reply, Rule, SetSlot, Tag, Text

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
    replies: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    language: str | None = None  # of a reply that is not in the visitor's
    asked: Asked | None = None
    handoff: str | None = None
    escalates: bool = False
    instruction: str | None = None
    close: bool = False

    @property
    def reply(self) -> str | None:
        return "\n\n".join(self.replies) if self.replies else None

    def act(self, rule: Rule, intents: tuple[str, ...]) -> None:
        """Carry out a winner's actions, each seeing the slots that those before it set."""
        for action in rule.then:
            match action:
                case Reply():
                    self.say(action.text)
                    self.options += action.options
                case Ask():
                    self.ask(action, Asked(action.slot, rule.name, tries=1, intents=intents))
                case SetSlot():
                    value = Rendering(self.facts).fill(action.value)
                    self.facts = {**self.facts, f"slot.{action.slot}": value}
                case Tag():
                    self.tags += action.names
                case Escalate():
                    self.escalates, self.instruction = True, action.instruction
                case Handoff():
                    self.handoff = action.queue
                case Close():
                    self.close = True

    def say(self, text: Text) -> None:
        rendering = Rendering(self.facts)
        self.replies.append(rendering.render(text))
        if self.language is None:
            self.language = rendering.find_fallback(text)

    def withdraw(self) -> None:
        """Nothing of it is said after all."""
        self.replies, self.options, self.language = [], [], None

    def ask(self, question: Ask, asked: Asked) -> None:
        self.say(question.prompt)
        self.asked = asked


def find_slots(facts: Mapping[str, Fact]) -> dict[str, Scalar]:
    """The slots among the facts, by their own names."""
    return {
        name[5:]: value
        for name, value in facts.items()
        if name[:5] == "slot." and not isinstance(value, tuple)
    }
