"""A message that somebody tries: read from what the page sends, with what is assumed around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from rules.asking import Asked, AskedError, parse_asked
from rules.decision import Decision, Situation
from rules.language.facts import FactError, Scalar, parse_facts
from rules.memory import build_last_facts
from rules.rulebook.yaml_scalars import parse_plain


class BadAttempt(ValueError):
    """What the page sent cannot be tried; the text is a sentence for its reader."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message, the facts stated by hand, and where the little conversation stands."""

    text: str
    facts: Mapping[str, Scalar]
    asked: Asked | None = None

    @property
    def situation(self) -> Situation:
        now = timezone.localtime().isoformat(timespec="seconds")
        return Situation(text=self.text, facts={"now": now, **self.facts}, asked=self.asked)


def parse_attempt(data: Any) -> Attempt:
    """`{text, facts: [[name, value as typed]], state: {slots, asked, …}}`; raises BadAttempt."""
    if not isinstance(data, Mapping) or not isinstance(data.get("text"), str):
        raise BadAttempt("There is no message to try.")
    state = data.get("state")
    state = state if isinstance(state, Mapping) else {}
    try:
        carried = parse_facts(state.get("facts") or {})
        stated = parse_facts(dict(_read_facts(data.get("facts"))))
        asked = parse_asked(state["asked"]) if state.get("asked") else None
    except (FactError, AskedError) as error:
        raise BadAttempt(_build_sentence(str(error))) from error
    return Attempt(text=data["text"], facts={**carried, **stated}, asked=asked)


def _read_facts(rows: Any) -> Iterator[tuple[str, Any]]:
    """Rows of a name and a value as people type it; rows without either do not count yet."""
    for row in rows if isinstance(rows, list) else ():
        match row:
            case [str(name), str(value)] if name.strip() and value.strip():
                yield name.strip(), read_value(value.strip())


def read_value(typed: str) -> Any:
    """As in the rulebook file: 12 is a number, true is yes, anything in quotes is a text."""
    if len(typed) > 1 and typed[0] == typed[-1] and typed[0] in "'\"":
        return typed[1:-1]
    try:
        value = parse_plain(typed)
    except ValueError as error:
        raise FactError(f"`{typed[:20]}…` is too long for a number") from error
    return typed if value is None else value


def write_value(value: Any) -> str:
    """The reverse of `read_value`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and read_value(value or "''") != value:
        return f"'{value}'"
    return str(value)


def build_state(attempt: Attempt, decision: Decision) -> dict[str, Any]:
    """Where the conversation stands once this message was sent."""
    turn = attempt.facts.get("turn", 1)
    kept = {name: value for name, value in attempt.facts.items() if name in {"turn"}}
    kept["turn"] = turn + 1 if isinstance(turn, int) else turn
    slots = {f"slot.{name}": value for name, value in decision.slots.items()}
    said = build_last_facts(decision, attempt.facts)
    asked = decision.asked.to_json() if decision.asked else None
    return {"facts": {**kept, **slots, **said}, "asked": asked}


def _build_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
