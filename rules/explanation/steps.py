"""What happened in a turn before its last word: webhooks asked, questions open, rules set aside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules.decision import Asked, Decision, Pass, Reason, Situation
from rules.language.facts import Fact
from rules.rulebook.parts import Rulebook


@dataclass(frozen=True, slots=True)
class Step:
    """One time the rules ran: who won, whom it asked, what came back."""

    rule: str | None
    call: str | None
    answer: Mapping[str, Fact] = field(default_factory=dict)
    text: str = ""


def build_steps(passes: Sequence[Pass]) -> tuple[Step, ...]:
    following = [*(each.facts for each in passes[1:]), {}]
    return tuple(_build_step(each, facts) for each, facts in zip(passes, following, strict=True))


def _build_step(each: Pass, after: Mapping[str, Fact]) -> Step:
    if each.winner is None:
        return Step(rule=None, call=None, text="no rule held")
    name = each.winner.name
    if each.winner.call is None:
        return Step(rule=name, call=None, text=f"{name} held")
    webhook = each.winner.call.webhook
    answer = {fact: value for fact, value in after.items() if fact.startswith(f"call.{webhook}.")}
    error = answer.get(f"call.{webhook}.error")
    outcome = f"which failed ({error})" if error else "which answered" if answer else "unanswered"
    return Step(rule=name, call=webhook, answer=answer, text=f"{name} asked {webhook}, {outcome}")


_COMPLEX = "this is too complex for rules"
_ASIDE = {
    Reason.TWO_INTENTS: f"{_COMPLEX}: the message has two intents that no rule names together",
    Reason.REPEATED_RULE: f"{_COMPLEX}: the same rule gave the last answer",
    Reason.REJECTED_ANSWER: f"{_COMPLEX}: the visitor rejected the last answer",
    Reason.COMPLEX_ASKS_SPENT: f"{_COMPLEX}: the question was repeated as often as it may be",
    Reason.SAME_RULE: "it has answered twice in a row",
    Reason.SAME_ANSWER: "it would say the last answer again, word for word",
}


def find_aside(decision: Decision) -> str:
    """Why a rule that won was not heard, as the end of a sentence; empty if it was."""
    return _ASIDE.get(decision.reason, "")


def build_notes(
    decision: Decision, situation: Situation, rulebook: Rulebook, set_aside: str | None
) -> Iterator[str]:
    """Plain sentences on what the conditions alone do not show."""
    if why := find_aside(decision):
        yield f"{set_aside} held, but {why}." if set_aside else f"{why[:1].upper()}{why[1:]}."
    if decision.reason is Reason.PASSES_SPENT:
        yield "The rules asked one webhook after the other and came to no end."
    if situation.asked is not None:
        yield _tell_question(situation.asked, decision, rulebook)
    if decision.reply_language is not None:
        yield f"There is no text in the visitor's language: it is {decision.reply_language}."


def _tell_question(asked: Asked, decision: Decision, rulebook: Rulebook) -> str:
    opening = f"The question for {asked.slot} was open"
    if decision.reason is Reason.ASKING_AGAIN:
        question = rulebook.rules[asked.rule].ask
        most = question.retries + 1 if question else asked.tries
        return f"{opening} and is still unanswered: it is put again ({asked.tries + 1} of {most})."
    if decision.reason in {Reason.ASKS_SPENT, Reason.COMPLEX_ASKS_SPENT}:
        return f"{opening}, and it was put as often as it may be."
    if asked.slot in decision.slots:
        return f"{opening} and is answered."
    return f"{opening} and lapsed: another rule had an answer."
