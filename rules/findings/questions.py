"""Questions after whose answer nobody goes on."""

from collections.abc import Iterator

from rules.decision import Reason
from rules.findings.cases import Case
from rules.findings.conversation import MOST_STEPS, carry_on, prove_winning, say_next
from rules.findings.finding import Finding, Level, Witness
from rules.findings.inquiry import Inquiry, Proven, Trial
from rules.findings.solving import TooHard, World
from rules.findings.telling import quote, tell_facts
from rules.replies import format_scalar
from rules.rulebook.alternatives import Literal
from rules.rulebook.parts import Ask, Test, walk_leaves


def find_dead_ends(inquiry: Inquiry) -> Iterator[Finding]:
    """Questions after whose answer no rule goes on."""
    for case in inquiry.iterate_cases():
        if case.rule.ask is not None:
            yield from _find_dead_end(inquiry, case, case.rule.ask)


def _find_dead_end(inquiry: Inquiry, case: Case, ask: Ask) -> Iterator[Finding]:
    first = prove_winning(inquiry, case)
    if first is None:
        return
    known = [Literal(Test(f"slot.{ask.slot}", "known", True), True)]
    known += [Literal(Test("intents", "is", name), True) for name in first.trial.intents]
    heirs = [each for each in inquiry.book.find_by_literals(known) if each.rank != case.rank]
    denials = [each.denials for each in heirs if each.denials is not None]
    for world in inquiry.find_worlds([[tuple(known)], *denials], steps=MOST_STEPS):
        answer = _answer(inquiry, ask, first, world)
        if answer is not None:
            level: Level = "INFO" if _goes_on(inquiry, known, heirs) else "WARNING"
            yield _build_dead_end(case, ask, first, answer, level=level)
        return


def _goes_on(inquiry: Inquiry, known: list[Literal], heirs: list[Case]) -> bool:
    """Whether some rule could ever hold once the question is answered."""
    about = {each.test.fact for each in known} | {
        f"entity.{each.test.fact[5:]}" for each in known if each.test.fact.startswith("slot.")
    }
    for heir in heirs:
        if about.isdisjoint(test.fact for test in walk_leaves(heir.rule.when)):
            continue
        try:
            if inquiry.solver.find_world([[tuple(known)], heir.alternatives]) is not None:
                return True
        except TooHard:
            return True
    return False


def _answer(inquiry: Inquiry, ask: Ask, first: Proven, world: World) -> Trial | None:
    """The answer to the question, if no rule goes on from it."""
    values = inquiry.speech.samples.get(ask.slot, ())
    given = {name: value for name, value in world.given.items() if name != f"slot.{ask.slot}"}
    for value in values[:4]:
        facts = {**carry_on(first.trial), **given}
        trial = say_next(inquiry, first.trial, format_scalar(value), facts)
        if trial.decision.reason is Reason.NO_MATCH and f"slot.{ask.slot}" in trial.facts:
            return trial
    return None


def _build_dead_end(case: Case, ask: Ask, first: Proven, answer: Trial, *, level: Level) -> Finding:
    facts = {
        name: value
        for name, value in answer.situation.facts.items()
        if not name.startswith("slot.")
    }
    when = f" when {tell_facts(facts)}" if facts else ""
    return Finding(
        level=level,
        code="dead_end",
        where=f"{case.where}.then",
        message=(
            f"Whoever says {quote(first.witness.text)} is asked for {ask.slot}, but no rule goes on"
            f" from the answer {quote(answer.text)}{when}. Add a rule for it with {ask.slot}"
            " known."
        ),
        rules=(case.name,),
        witness=Witness(answer.text, answer.situation.facts, first.witness.text),
        logged=first.logged,
    )
