"""The decision: one message and what is known about it in, what to do about it out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

from rules.asking import Asked, find_open_question, parse_asked
from rules.complexity import find_criterion
from rules.evaluator import Evaluator
from rules.language.facts import Fact, Scalar
from rules.language.text import MAX_MESSAGE
from rules.loops import find_loop
from rules.passes import MAX_PASSES, Effects, Pass, find_slots
from rules.reading import Answer, Reading, Situation, build_answer_facts, read
from rules.rulebook.parts import Ask, Call, Rule, Rulebook

__all__ = [
    "NOT_CALLED",
    "SEMANTICS",
    "Answer",
    "Asked",
    "Decision",
    "Pass",
    "Reason",
    "Scalar",
    "Situation",
    "build_facts",
    "decide",
    "decision_line",
    "find_passes",
    "parse_asked",
    "settle",
]

SEMANTICS = 3  # counts up whenever the same rulebook and situation may be decided otherwise
PERSON = "default"  # the queue of whoever is there
NOT_CALLED: Answer = {"ok": False, "error": "not_called"}


class Reason(StrEnum):
    """Why it was decided so; these codes are stored and never change."""

    MATCHED = "matched"
    NO_MATCH = "no_match"
    ESCALATED = "escalated"
    TOO_LONG = "too_long"
    ASKING_AGAIN = "asking_again"
    ASKS_SPENT = "asks_spent"
    CALLING = "calling"  # not decided yet: a webhook has to be asked first
    PASSES_SPENT = "passes_spent"
    TWO_INTENTS = "complex:two_intents"
    COMPLEX_ASKS_SPENT = "complex:asks_spent"
    REPEATED_RULE = "complex:repeated_rule"
    REJECTED_ANSWER = "complex:rejected_answer"
    SAME_RULE = "loop:same_rule"
    SAME_ANSWER = "loop:same_answer"
    NO_RELEASE = "no_release"  # stored where nothing was live to decide by
    BOT_PAUSED = "bot_paused"  # stored where somebody had stopped the bot

    @property
    def sets_aside(self) -> bool:
        """Whether a rule may have won and was not heard."""
        return self.startswith(("complex:", "loop:"))


@dataclass(slots=True)  # not frozen: that takes a tenth of the time of a whole decision
class Decision:
    """What to do, and the state that the next message begins with (`slots`, `asked`).

    With a `call` it is not the last word: that webhook is to be told `sent`, and the same
    situation decided again with its answer.
    """

    route: Literal["rule", "escalate"]
    reason: Reason
    rule: str | None = None
    intents: tuple[str, ...] = ()
    entities: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)
    reply: str | None = None
    reply_language: str | None = None  # where it is known and not the visitor's
    options: tuple[str, ...] = ()
    slots: Mapping[str, Scalar] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    asked: Asked | None = None
    handoff: str | None = None
    instruction: str | None = None
    close: bool = False
    sealed: bool = False
    call: str | None = None
    sent: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Whether rules say the last word; else the message goes on."""
        said = self.reply or self.handoff or self.close
        return self.route == "rule" and bool(said)


def decide(evaluator: Evaluator, situation: Situation) -> Decision:
    """Decide one message. Pure: the same situation and rulebook give the same decision."""
    if len(situation.text) > MAX_MESSAGE:
        return Decision(
            route="escalate",
            reason=Reason.TOO_LONG,
            slots=find_slots(situation.facts),
            asked=situation.asked,
        )
    return _Turn(evaluator, situation).run()


def settle(evaluator: Evaluator, situation: Situation) -> Decision:
    """Decide to the end and call nothing: webhooks without an answer were not called."""
    decision = decide(evaluator, situation)
    while decision.call is not None:
        answers = {**situation.answers, decision.call: NOT_CALLED}
        situation = replace(situation, answers=answers)
        decision = decide(evaluator, situation)
    return decision


def find_passes(evaluator: Evaluator, situation: Situation) -> tuple[Pass, ...]:
    """Every time the rules run in this turn, with the answers there are; none if too long."""
    if len(situation.text) > MAX_MESSAGE:
        return ()
    turn = _Turn(evaluator, situation)
    turn.run()
    return tuple(turn.effects.passes)


def build_facts(evaluator: Evaluator, situation: Situation) -> Mapping[str, Fact]:
    """All facts of a situation as rules see them when they run first."""
    return read(evaluator, situation).facts


class _Turn:
    """One message on its way through the passes."""

    def __init__(self, evaluator: Evaluator, situation: Situation) -> None:
        self.evaluator = evaluator
        self.rulebook: Rulebook = evaluator.rulebook
        self.situation = situation
        self.reading: Reading = read(evaluator, situation)
        self.effects = Effects(facts=self.reading.facts)

    def run(self) -> Decision:
        decision = self._pass()
        while decision is None:
            decision = self._pass()
        return decision

    def _pass(self) -> Decision | None:
        """Run the rules once; None when a webhook's answer calls for another pass."""
        situation, effects = self.situation, self.effects
        winner = self.evaluator.find_winner(effects.facts)
        effects.passes.append(Pass(facts=effects.facts, winner=winner))
        asked = situation.asked
        if asked is not None:
            question = find_open_question(asked, winner, self.rulebook.rules, effects.facts)
            if question is not None:
                return self._ask_again(question, asked)
        if winner is None:
            return self._build(Reason.NO_MATCH, route="escalate")
        if self.rulebook.complex and (
            criterion := find_criterion(winner, self.reading, self.rulebook)
        ):
            return self._leave(f"complex:{criterion}")
        effects.act(winner, self.reading.intents)
        if (call := effects.call) is not None:
            return self._call(call, winner)
        return self._end(winner)

    def _call(self, call: Call, rule: Rule) -> Decision | None:
        """None when the answer is there: it has become facts."""
        if len(self.effects.passes) == MAX_PASSES:
            return self._build(Reason.PASSES_SPENT, route="escalate")
        facts = self.effects.facts
        answer = self.situation.answers.get(call.webhook)
        if answer is None:
            return self._build(Reason.CALLING, rule=rule.name, call=call.webhook)
        self.effects.facts = {**facts, **build_answer_facts(call.webhook, answer)}
        return None

    def _ask_again(self, question: Ask, asked: Asked) -> Decision:
        """The prompt once more; when it was repeated often enough a person, or the model."""
        if asked.tries > question.retries:
            if "asks_spent" in self.rulebook.complex:
                return self._leave("complex:asks_spent")
            self.effects.handoff = PERSON
            return self._build(Reason.ASKS_SPENT, rule=asked.rule)
        tries = asked.tries + 1
        self.effects.ask(question, replace(asked, tries=tries, intents=self.reading.intents))
        return self._build(Reason.ASKING_AGAIN, rule=asked.rule)

    def _end(self, winner: Rule) -> Decision:
        """The winner's word, unless it passes the message on or goes round in circles."""
        effects = self.effects
        if effects.escalates:
            return self._build(Reason.ESCALATED, route="escalate", rule=winner.name)
        if loop := find_loop(winner=winner, reply=effects.reply, facts=effects.facts):
            return self._leave(f"loop:{loop}")
        return self._build(Reason.MATCHED, rule=winner.name)

    def _leave(self, reason: str) -> Decision:
        """To others, whatever the rules have to say: none of it is said."""
        self.effects.withdraw()
        return self._build(Reason(reason), route="escalate")

    def _build(
        self,
        reason: Reason,
        *,
        route: Literal["rule", "escalate"] = "rule",
        rule: str | None = None,
        call: str | None = None,
    ) -> Decision:
        """A decision with what the reading says and the passes did."""
        reading, effects = self.reading, self.effects
        return Decision(
            route=route,
            reason=reason,
            rule=rule,
            intents=reading.intents,
            entities=reading.entities,
            reply=effects.reply,
            reply_language=effects.language,
            options=effects.options,
            slots=find_slots(effects.facts),
            tags=effects.tags,
            asked=effects.asked,
            handoff=effects.handoff,
            instruction=effects.instruction,
            close=effects.close,
            sealed=not self.rulebook.sealed.isdisjoint(reading.intents),
            call=call,
            sent=self._find_sent(call) if call else {},
        )

    def _find_sent(self, webhook: str) -> dict[str, Fact]:
        facts = self.effects.facts
        return {name: facts[name] for name in self.rulebook.webhooks[webhook].send if name in facts}


def decision_line(decision: Decision, text: str) -> dict[str, Any]:
    """The JSON object that `manage.py decide` prints for a message."""
    return {
        "text": text,
        "route": decision.route,
        "rule": decision.rule,
        "reason": decision.reason.value,
        "intents": list(decision.intents),
        "reply": decision.reply,
        "entities": {name: list(values) for name, values in decision.entities.items()},
    }
