"""Calls of webhooks whose answer nobody uses, or whose failure nobody catches."""

from collections.abc import Iterator

from rules.decision import Reason
from rules.findings.cases import Case
from rules.findings.conversation import MOST_STEPS
from rules.findings.finding import Finding
from rules.findings.inquiry import Inquiry, Trial
from rules.findings.telling import quote
from rules.rulebook.parse_actions import PLACEHOLDER
from rules.rulebook.parts import Reply, SetSlot, walk_leaves


def find_idle_calls(inquiry: Inquiry) -> Iterator[Finding]:
    """Webhooks whose answer nobody uses, or whose failure nobody catches."""
    used = set(_find_used_facts(inquiry))
    for case in inquiry.iterate_cases():
        call = case.rule.call
        if call is not None and not any(each.startswith(f"call.{call.webhook}.") for each in used):
            yield Finding(
                level="WARNING",
                code="unused_answer",
                where=f"{case.where}.then",
                message=f"{case.name} calls {call.webhook}, and no rule uses what it answers.",
                rules=(case.name,),
            )
        elif call is not None:
            yield from _find_failure(inquiry, case, call.webhook)


def _find_used_facts(inquiry: Inquiry) -> Iterator[str]:
    for rule in inquiry.rulebook.rules.values():
        yield from (test.fact for test in walk_leaves(rule.when))
        for action in rule.then:
            if isinstance(action, Reply):
                yield from PLACEHOLDER.findall(" ".join(text for _, text in action.text.versions))
            elif isinstance(action, SetSlot):
                yield from PLACEHOLDER.findall(str(action.value))


def _find_failure(inquiry: Inquiry, case: Case, webhook: str) -> Iterator[Finding]:
    def is_left(trial: Trial) -> bool:
        return trial.is_won_by(case.rule) and trial.decision.reason is Reason.NO_MATCH

    worlds = inquiry.find_worlds([case.alternatives], steps=MOST_STEPS)
    if (proven := inquiry.prove(worlds, is_left, joined=False)) is not None:
        yield Finding(
            level="INFO",
            code="uncaught_failure",
            where=f"{case.where}.then",
            message=(
                f"When {webhook} does not answer, no rule goes on from {case.name}:"
                f" {quote(proven.witness.text)} is left to the model. Add a rule for"
                f" call.{webhook}.ok being false."
            ),
            rules=(case.name,),
            witness=proven.witness,
            logged=proven.logged,
        )
