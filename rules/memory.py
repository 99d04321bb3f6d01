"""Memory: what the next message's facts say of the answer that a decision gives."""

from collections.abc import Mapping

from rules.decision import Decision
from rules.language.facts import Fact, Scalar
from rules.loops import digest_answer

LAST_FACTS = ("last_rule", "last_rule_run", "last_answer")


def build_last_facts(decision: Decision, before: Mapping[str, Fact]) -> dict[str, Scalar]:
    """Those of `LAST_FACTS` that hold after a decision that followed `before`.

    None of them after an escalation: others answer then, and every run ends.
    """
    if decision.route != "rule" or decision.rule is None:
        return {}
    facts: dict[str, Scalar] = {"last_rule": decision.rule}
    if decision.answers:
        run = before.get("last_rule_run") if before.get("last_rule") == decision.rule else 0
        facts["last_rule_run"] = run + 1 if isinstance(run, int) else 1
    if decision.reply:
        facts["last_answer"] = digest_answer(decision.reply)
    return facts
