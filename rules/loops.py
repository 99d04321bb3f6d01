"""Loop guards: an answer that goes round in circles is not given, whatever rule gives it."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Literal, TypeAlias

from rules.language.facts import Fact
from rules.rulebook.parts import Ask, Close, Handoff, Rule

MAX_RUN = 2  # answers in a row of one rule

Loop: TypeAlias = Literal["same_rule", "same_answer"]


def find_loop(*, winner: Rule, reply: str | None, facts: Mapping[str, Fact]) -> Loop | None:
    """Why the winner may not give its answer; None if it may.

    What ends the bot's part may be said as often as it is needed, and a question has its own
    `retries`. Without facts of a last answer this costs two look-ups.
    """
    if not reply:
        return None
    loop: Loop
    if facts.get("last_rule") == winner.name and _is_spent(facts.get("last_rule_run")):
        loop = "same_rule"
    elif (last := facts.get("last_answer")) is not None and last == digest_answer(reply):
        loop = "same_answer"
    else:
        return None
    is_exempt = any(isinstance(action, Ask | Handoff | Close) for action in winner.then)
    return None if is_exempt else loop


def digest_answer(text: str) -> str:
    """What `last_answer` says of an answer: 16 hexadecimal digits of BLAKE2b."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _is_spent(run: Fact | None) -> bool:
    return isinstance(run, int | float) and not isinstance(run, bool) and run >= MAX_RUN
