"""What happens to a message once it is decided, in sentences with an icon each."""

from __future__ import annotations

from collections.abc import Iterator

from rules.console.trial import Trial
from rules.decision import Decision, Reason

REASONS = {
    Reason.NO_MATCH: "No rule's conditions hold.",
    Reason.TOO_LONG: "The message is longer than rules read.",
    Reason.ASKS_SPENT: "The question was asked as often as it may be.",
    Reason.PASSES_SPENT: "Webhooks were asked too often in one turn.",
    Reason.TWO_INTENTS: "It holds two wishes that no rule answers together.",
    Reason.COMPLEX_ASKS_SPENT: "The question was asked as often as it may be.",
    Reason.REPEATED_RULE: "The same rule answered just before.",
    Reason.REJECTED_ANSWER: "The visitor has just rejected the last answer.",
    Reason.SAME_RULE: "This rule has answered twice in a row already.",
    Reason.SAME_ANSWER: "The last answer said exactly the same.",
}


def build_outcomes(trial: Trial) -> list[tuple[str, str]]:
    """Each with the name of its icon, in the order in which they happen."""
    return [*_tell_calls(trial), *_tell_way(trial.decision), *_tell_rest(trial.decision)]


def _tell_calls(trial: Trial) -> Iterator[tuple[str, str]]:
    for webhook in trial.uncalled:
        yield (
            "sync_alt",
            f"The webhook {webhook} would be asked. Here it is not; state its answer as a fact,"
            f" like call.{webhook}.status.",
        )


def _tell_way(decision: Decision) -> Iterator[tuple[str, str]]:
    because = REASONS.get(decision.reason, "")
    if decision.handoff is not None:
        queue = "" if decision.handoff == "default" else f", in the queue “{decision.handoff}”"
        yield "support_agent", f"{because} A person takes over{queue}.".strip()
    elif decision.route == "escalate" and decision.sealed:
        yield "lock", f"{because} It goes to a person: the model may not answer this.".strip()
    elif decision.route == "escalate":
        yield "auto_awesome", f"{because} The model or a help article answers.".strip()
        if decision.instruction:
            yield "edit_note", f"The model is told: “{decision.instruction}”"


def _tell_rest(decision: Decision) -> Iterator[tuple[str, str]]:
    if decision.asked is not None:
        yield "help", f"The next message is expected to hold {decision.asked.slot}."
    if decision.reply_language:
        yield "translate", f"There is no text in the visitor's language: {decision.reply_language}."
    if decision.tags:
        yield "label", f"The conversation is tagged {', '.join(decision.tags)}."
    if decision.close:
        yield "door_open", "The conversation ends."
