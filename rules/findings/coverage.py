"""What no rule answers: intents, some of their messages, and examples that go elsewhere."""

from collections.abc import Iterator
from datetime import UTC

from rules.decision import Situation, settle
from rules.findings.cases import Case
from rules.findings.finding import Finding, Witness
from rules.findings.inquiry import Inquiry, Trial
from rules.findings.telling import quote, tell_facts
from rules.rulebook.alternatives import Literal
from rules.rulebook.parts import Intent, Rule, Test, walk_leaves

_MOST_STEPS = 500


def find_unhandled(inquiry: Inquiry) -> Iterator[Finding]:
    """Intents that no rule names. A sealed one goes to a person, which is an answer."""
    named = {name for case in inquiry.book.cases for name in _find_named(case.rule)}
    for intent in inquiry.rulebook.intents.values():
        inquiry.check_time()
        if intent.name not in named and not intent.sealed and "rejection" not in intent.tags:
            snippets = inquiry.speech.find_snippets(intent.name)
            trials = (inquiry.try_message(each.text) for each in snippets[:5])
            trial = next((each for each in trials if each.winner is None), None)
            yield _build_unhandled(inquiry, intent, trial)


def _build_unhandled(inquiry: Inquiry, intent: Intent, trial: Trial | None) -> Finding:
    text = trial.text if trial is not None else None
    shown = f": {quote(text)} is left to the model" if text is not None else ""
    return Finding(
        level="WARNING",
        code="unhandled_intent",
        where=f"intents.{intent.name}",
        message=f"No rule answers {intent.name}{shown}.",
        witness=Witness(text) if text is not None else None,
        logged=inquiry.find_logged(trial, lambda each: each.winner is None) if trial else None,
    )


def _find_named(rule: Rule) -> Iterator[str]:
    for test in walk_leaves(rule.when):
        if test.fact in {"intent", "intents"}:
            operand = test.operand
            yield from map(str, operand if isinstance(operand, tuple) else (operand,))


def find_uncovered(inquiry: Inquiry) -> Iterator[Finding]:
    """Intents that rules answer, but not always."""
    handled = inquiry.book.intents
    for intent in inquiry.rulebook.intents.values():
        inquiry.check_time()
        if intent.name in handled:
            yield from _find_gap(inquiry, intent)


def _find_gap(inquiry: Inquiry, intent: Intent) -> Iterator[Finding]:
    present = (Literal(Test("intents", "is", intent.name), True),)
    related = inquiry.book.find_by_literals(present)
    denials = [each.denials for each in related if each.denials is not None]
    worlds = inquiry.find_worlds([[present], *denials], steps=_MOST_STEPS)
    proven = inquiry.prove(
        worlds,
        lambda trial: trial.winner is None and intent.name in trial.intents,
        joined=False,
    )
    if proven is not None:
        facts = proven.witness.facts
        when = f" when {tell_facts(facts)}" if facts else ""
        goes = "a person" if intent.sealed else "the model"
        yield Finding(
            level="INFO",
            code="uncovered",
            where=f"intents.{intent.name}",
            message=(
                f"No rule answers {quote(proven.witness.text)}{when}, though rules answer"
                f" {intent.name} otherwise: it goes to {goes}."
            ),
            witness=proven.witness,
            logged=proven.logged,
        )


def find_stolen(inquiry: Inquiry) -> Iterator[Finding]:
    """Examples of an intent that a rule answers which is for something else."""
    handled = inquiry.book.intents
    wanted = {
        (example.text, example.expect)
        for rule in inquiry.rulebook.rules.values()
        for example in rule.examples
    }
    for intent in inquiry.rulebook.intents.values():
        for at, text in enumerate(intent.examples if intent.name in handled else ()):
            inquiry.check_time()
            case = _find_thief(inquiry, intent, text)
            if case is not None and (text, case.name) not in wanted:
                yield _build_stolen(inquiry, case, intent, at)


def _find_thief(inquiry: Inquiry, intent: Intent, text: str) -> Case | None:
    if intent.name not in inquiry.speech.hear(text).said.intents:
        return None
    winner = inquiry.decide(text)
    case = inquiry.book.by_name[winner] if winner is not None else None
    return case if case is not None and intent.name not in set(_find_named(case.rule)) else None


def _build_stolen(inquiry: Inquiry, case: Case, intent: Intent, at: int) -> Finding:
    text = intent.examples[at]
    before = _find_owner(inquiry, intent, text)
    if before is None:
        message = (
            f"{quote(text)} is an example of {intent.name} and goes to {case.name}, which is not"
            f" about {intent.name}."
        )
    else:
        message = (
            f"{quote(text)}, an example of {intent.name}, goes to {case.name} since your change,"
            f" not to {before}."
        )
    return Finding(
        level="INFO" if before is None else "ERROR",
        code="stolen_example",
        where=f"intents.{intent.name}.examples[{at}]",
        message=message,
        rules=(case.name,) if before is None else (before, case.name),
        witness=Witness(text),
    )


def _find_owner(inquiry: Inquiry, intent: Intent, text: str) -> str | None:
    """The rule for this intent that answers the example in the live release."""
    if inquiry.live is None:
        return None
    decision = settle(inquiry.live, Situation(text=text))
    rule = inquiry.live.rulebook.rules.get(decision.rule or "")
    return rule.name if rule is not None and intent.name in set(_find_named(rule)) else None


def find_expired(inquiry: Inquiry) -> Iterator[Finding]:
    """Rules whose time is over."""
    for case in inquiry.iterate_cases():
        validity = case.rule.validity
        if validity is None or validity.until is None:
            continue
        local = inquiry.now.replace(tzinfo=UTC).timestamp()
        now = local if validity.until.is_local else inquiry.now.timestamp()
        if now >= validity.until.seconds:
            yield Finding(
                level="INFO",
                code="expired",
                where=f"{case.where}.valid",
                message=f"The time of {case.name} is over: delete it, or give it new dates.",
                rules=(case.name,),
            )
