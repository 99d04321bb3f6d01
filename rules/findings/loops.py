"""What never ends, or undoes itself."""

from collections.abc import Iterator

from rules.findings.cases import Case
from rules.findings.conversation import carry_on, prove_winning, say_next
from rules.findings.finding import Finding, Witness
from rules.findings.inquiry import Inquiry, Trial
from rules.findings.telling import join, quote
from rules.language.facts import Scalar
from rules.memory import LAST_FACTS, build_last_facts
from rules.rulebook.parts import Intent, SetSlot

_MOST_TURNS = 25  # more than any question may be repeated
_NOTHING = ("hm", "ok", "…")


def find_loops(inquiry: Inquiry) -> Iterator[Finding]:
    """What never ends, or undoes itself."""
    for case in inquiry.iterate_cases():
        yield from _find_undone(case)
        if case.rule.ask is not None and _has_rival_question(inquiry, case):
            yield from _find_circle(inquiry, case)
    for intent in inquiry.rulebook.intents.values():
        if "rejection" in intent.tags:
            inquiry.check_time()
            yield from _find_rejections(inquiry, intent)


def _find_undone(case: Case) -> Iterator[Finding]:
    """A slot that the same rule sets twice, or sets and asks for."""
    sets = [action.slot for action in case.rule.then if isinstance(action, SetSlot)]
    twice = sorted({slot for slot in sets if sets.count(slot) > 1})
    asked = case.rule.ask.slot if case.rule.ask else None
    if twice:
        reason = f"sets {join(twice)} twice: only the last value stays"
    elif asked in sets:
        reason = f"asks for {asked} and sets it in the same breath: nobody waits for the answer"
    else:
        return
    yield Finding(
        level="WARNING",
        code="undone_set",
        where=f"{case.where}.then",
        message=f"{case.name} {reason}.",
        rules=(case.name,),
    )


def _has_rival_question(inquiry: Inquiry, case: Case) -> bool:
    """Only two questions can take turns for ever: one alone is repeated so often and no more."""
    others = (each for each in inquiry.book.find_related(case) if each.intents & case.intents)
    return any(each.rule.ask is not None for each in others)


def _find_circle(inquiry: Inquiry, case: Case) -> Iterator[Finding]:
    """Somebody who never answers is asked for ever."""
    first = prove_winning(inquiry, case)
    if first is None:
        return
    trial, rules = first.trial, {case.name: None}
    for turn in range(2, _MOST_TURNS):
        facts = _remember(trial, turn)
        trial = say_next(inquiry, trial, _find_nothing(inquiry), facts)
        if trial.decision.asked is None or trial.decision.rule is None:
            return
        rules[trial.decision.rule] = None
    yield Finding(
        level="WARNING",
        code="loop",
        where=f"{case.where}.then",
        message=(
            f"Whoever says {quote(first.witness.text)} and then answers no question is asked for"
            f" ever, by {join(rules)} in turn: the questions take each other's place and none"
            " counts its tries."
        ),
        rules=tuple(rules),
        witness=Witness(trial.text, trial.situation.facts, first.witness.text),
    )


def _remember(trial: Trial, turn: int) -> dict[str, Scalar]:
    """The facts that the next message begins with, those of the last answer among them."""
    kept = {name: fact for name, fact in carry_on(trial).items() if name not in LAST_FACTS}
    said = build_last_facts(trial.decision, trial.situation.facts)
    return {**kept, "turn": turn, **said}


def _find_nothing(inquiry: Inquiry) -> str:
    """A message that says nothing to the rulebook."""
    heard = (inquiry.speech.hear(text) for text in _NOTHING)
    return next((each.text for each in heard if each.said == type(each.said)()), "…")


def _find_rejections(inquiry: Inquiry, intent: Intent) -> Iterator[Finding]:
    """Somebody who rejects every answer never gets to a person."""
    snippets = inquiry.speech.find_snippets(intent.name)
    if not snippets:
        return
    facts: dict[str, Scalar] = {"turn": 2, "last_rejected": True}
    trial = inquiry.try_message(snippets[0].text, facts)
    rules: dict[str, None] = {}
    for turn in range(3, 9):
        decision = trial.decision
        if decision.handoff is not None or decision.close or decision.rule is None:
            return
        rules[decision.rule] = None
        facts = _remember(trial, turn)
        trial = say_next(inquiry, trial, snippets[0].text, facts)
    yield Finding(
        level="WARNING",
        code="loop",
        where=f"intents.{intent.name}",
        message=(
            f"Whoever answers {quote(snippets[0].text)} again and again gets {join(rules)} each"
            " time and never reaches a person: add a rule with a handoff for the second time."
        ),
        rules=tuple(rules),
        witness=Witness(snippets[0].text, trial.situation.facts),
    )
