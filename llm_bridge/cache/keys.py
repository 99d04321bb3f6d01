"""What makes two questions the same: the words, and everything else that the model would read."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from llm_bridge.guards.personal import is_personal
from llm_bridge.plan import to_json
from llm_bridge.prompts import PROMPT_VERSION
from llm_bridge.roster import Roster
from llm_bridge.values import Query

# Raise it when an answer stored under an earlier meaning of the key must not be found.
KEY_VERSION = 1

# Longer questions are stories: nobody tells the same one again.
MAX_QUESTION = 300

# Of a query, what the model does not read; whatever else it has or will have is in the key.
_UNREAD = frozenset(
    {"question", "history", "quoted", "reference", "budget", "conversation", "known", "seal"}
)


def build_key(
    *, query: Query, roster: Roster, payer: int, slots: Mapping[str, object]
) -> str | None:
    """A digest of all that the answer depends on; None for a question whose answer is nobody
    else's: it goes on from what was said, or tells something personal.

    The words are the same after NFKC, case folding and joining of white space, and only then.
    """
    question = normalise(query.question)
    goes_on = query.history or query.quoted
    told = [query.question, *(str(value) for value in slots.values())]
    is_told = any(is_personal(each, known=query.known) for each in told)
    if goes_on or len(question) > MAX_QUESTION or is_told:
        return None
    parts = {
        "version": KEY_VERSION,
        "prompt": PROMPT_VERSION,
        "plan": [roster.plan.release, to_json(roster.plan)],
        "models": [
            (target.config.host, target.model, target.reasoning_effort)
            for target in roster.get_targets(query)
        ],
        "payer": payer,
        "question": question,
        "slots": dict(slots),
        "read": _read(query),
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def normalise(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def _read(query: Query) -> dict[str, object]:
    return {
        each.name: _to_plain(getattr(query, each.name))
        for each in fields(query)
        if each.name not in _UNREAD
    }


def _to_plain(value: object) -> object:
    """As JSON has it; functions, and how relevant a source was, say nothing to the model."""
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, tuple | list):
        return [_to_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): _to_plain(each) for name, each in value.items()}
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} is nothing that a model reads")
    parts = {each.name: getattr(value, each.name) for each in fields(value)}
    return {
        name: _to_plain(part)
        for name, part in parts.items()
        if not callable(part) and name != "score"
    }
