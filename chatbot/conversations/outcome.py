"""What a decision means for the conversation: an answer, a handover, a farewell, or the model."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chatbot.conversations.events import Draft
from chatbot.conversations.log import Answer, Handover
from chatbot.conversations.models import HandoffReason, Sender, Site, Source
from chatbot.conversations.snapshots import Snapshot
from rules.decision import Decision, Reason
from rules.language.text import normalise

FAREWELL = "Thank you for writing. This conversation is closed now."
DEFAULT_QUEUE = "default"
# What the widget's button says: it leads to a person whatever the rulebook holds.
PERSON_REQUEST = "Talk to a person"
NO_RELEASE = Decision(route="escalate", reason=Reason.NO_RELEASE)
BOT_PAUSED = Decision(route="escalate", reason=Reason.BOT_PAUSED)
MAX_MESSAGES = 3  # of the bot to one of the visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`answer` is None when the exchange goes on to the model; notices come before it.

    Nothing but a visitor's message makes the bot speak, and each is decided to one outcome: this
    is where it is kept from talking on by itself.
    """

    answer: Answer | None = None
    notices: tuple[Draft, ...] = ()

    def __post_init__(self) -> None:
        if len(self.notices) + 1 > MAX_MESSAGES:
            raise ValueError(f"at most {MAX_MESSAGES} messages of the bot to one of the visitor")


def build_outcome(
    *, snapshot: Snapshot, exchange_id: UUID, text: str, decision: Decision
) -> Outcome:
    """Pure: what a decision on `text` does, as drafts for the log."""
    if decision.call is not None:
        return Outcome()  # webhooks first: what it says depends on their answers
    if decision.answers:
        return Outcome(answer=_build_rule_answer(snapshot, exchange_id, decision))
    # What a rule says before it escalates is a notice: the answer is still to come.
    notices = (_build_reply(None, decision),) if decision.reply else ()
    reason = _find_person_reason(text, decision)
    if reason is None:
        return Outcome(notices=notices)
    answer = build_handover(
        site=snapshot.site,
        is_staffed=snapshot.is_staffed,
        exchange_id=exchange_id,
        reason=reason,
    )
    return Outcome(answer=answer, notices=notices)


def build_handover(
    *,
    site: Site,
    is_staffed: bool,
    exchange_id: UUID,
    reason: HandoffReason,
    source: Source = Source.FALLBACK,
    queue: str = DEFAULT_QUEUE,
    failure: str = "",
) -> Answer:
    """The handover line as the answer, and the move into the queue in the same commit."""
    line = site.handover_line if is_staffed else site.away_line
    draft = Draft(sender=Sender.SYSTEM, text=line, source=source, exchange_id=exchange_id)
    return Answer(draft=draft, handover=Handover(queue=queue, reason=reason), failure=failure)


def _build_rule_answer(snapshot: Snapshot, exchange_id: UUID, decision: Decision) -> Answer:
    handover = None
    if decision.handoff:
        handover = Handover(queue=decision.handoff, reason=_find_reason(decision))
    if decision.reply:
        draft = _build_reply(exchange_id, decision)
    elif handover:
        return build_handover(
            site=snapshot.site,
            is_staffed=snapshot.is_staffed,
            exchange_id=exchange_id,
            reason=handover.reason,
            source=Source.RULE,
            queue=handover.queue,
        )
    else:
        draft = Draft(
            sender=Sender.SYSTEM, text=FAREWELL, source=Source.RULE, exchange_id=exchange_id
        )
    return Answer(draft=draft, handover=handover, closes=decision.close and not handover)


def _build_reply(exchange_id: UUID | None, decision: Decision) -> Draft:
    return Draft(
        sender=Sender.BOT,
        text=decision.reply or "",
        source=Source.RULE,
        exchange_id=exchange_id,
        options=decision.options if exchange_id else (),
        language=decision.reply_language,
    )


def _find_person_reason(text: str, decision: Decision) -> HandoffReason | None:
    """Why what rules leave goes to a person at once, past the model."""
    if decision.sealed:
        return HandoffReason.POLICY_RESTRICTION
    if normalise(text) == normalise(PERSON_REQUEST):
        return HandoffReason.CUSTOMER_REQUEST
    if decision.reason == Reason.BOT_PAUSED:
        return HandoffReason.POLICY_RESTRICTION
    return None


def _find_reason(decision: Decision) -> HandoffReason:
    if decision.reason == "asks_spent":
        return HandoffReason.PENDING_CLARIFICATION
    return HandoffReason.CUSTOMER_REQUEST
