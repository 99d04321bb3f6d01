"""Which models are asked, in which order, how, and what counts as a hard question: data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from llm_bridge.values import Query

T = TypeVar("T")

DEFAULT_TEMPERATURE = 0.2
DEFAULT_MAX_TOKENS = 700
MAX_CHOICES = 8
MAX_PROMPT = 4_000  # characters
_QUESTION_END = re.compile(r"[?？؟]")


class PlanError(ValueError):
    """A plan that makes no sense, in one sentence that names the field and what was expected."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One model at one provider; an empty model means the provider's own."""

    provider: str
    model: str = ""
    reasoning_effort: str = ""


@dataclass(frozen=True, slots=True)
class Parameters:
    """How an answer is sampled."""

    temperature: float = DEFAULT_TEMPERATURE
    max_tokens: int = DEFAULT_MAX_TOKENS


@dataclass(frozen=True, slots=True)
class HardWhen:
    """A question is hard when any of these holds; what is None or False says nothing."""

    # It has so many words or more.
    words: int | None = None
    # It asks so many questions or more, counted by their question marks.
    questions: int | None = None
    # No article was found that the answer could rest on.
    no_source: bool = False
    # So many questions in a row, or more, got no answer just before it.
    unanswered: int | None = None

    def matches(self, query: Query) -> bool:
        """True when the question is hard by one of the criteria."""
        return (
            _reaches(len(query.question.split()), self.words)
            or _reaches(len(_QUESTION_END.findall(query.question)), self.questions)
            or (self.no_source and not query.sources)
            or _reaches(query.unanswered, self.unanswered)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The order of asking; `release` is the model release it comes from, None for the default."""

    release: int | None
    choices: tuple[Choice, ...]
    hard_choices: tuple[Choice, ...] = ()
    hard_when: HardWhen = HardWhen()
    # What the company tells the model beside our own rules; often nothing.
    prompt: str = ""
    parameters: Parameters = Parameters()

    def get_order(self, query: Query) -> tuple[Choice, ...]:
        """The models to ask about this question, first to last, each once.

        A hard question goes to the larger models first, and to the others when they fail.
        """
        hard = self.hard_choices if self.hard_when.matches(query) else ()
        return tuple(dict.fromkeys((*hard, *self.choices)))


def _reaches(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON values, without its release, which whoever stores it knows."""
    values = asdict(plan)
    del values["release"]
    return values


def parse_plan(raw: object, *, release: int | None = None) -> Plan:
    """A plan from `to_json`'s form, as values or as text; raises PlanError."""
    fields = _parse_object(_load(raw), "the plan", Plan)
    choices = _parse_choices(fields, "choices")
    if not choices:
        raise PlanError("choices is empty: name at least one provider to ask.")
    return Plan(
        release=release,
        choices=choices,
        hard_choices=_parse_choices(fields, "hard_choices"),
        hard_when=_parse_hard_when(fields.get("hard_when", {})),
        prompt=_parse_text(fields, "prompt", most=MAX_PROMPT),
        parameters=_parse_parameters(fields.get("parameters", {})),
    )


def _load(raw: object) -> object:
    if not isinstance(raw, str | bytes):
        return raw
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"The plan is no JSON: {error}.") from error


def _parse_choices(fields: Mapping[str, Any], name: str) -> tuple[Choice, ...]:
    raw = fields.get(name, [])
    if not isinstance(raw, list | tuple) or len(raw) > MAX_CHOICES:
        raise PlanError(f"{name} must be a list of at most {MAX_CHOICES} choices.")
    return tuple(_parse_choice(each, f"{name}[{number}]") for number, each in enumerate(raw))


def _parse_choice(raw: object, where: str) -> Choice:
    fields = _parse_object(raw, where, Choice)
    texts = {name: _parse_text(fields, name, where=where) for name in fields}
    choice = Choice(**{"provider": "", **texts})
    if not choice.provider:
        raise PlanError(f"{where}.provider is empty: give a provider's name.")
    return choice


def _parse_hard_when(raw: object) -> HardWhen:
    fields = dict(_parse_object(raw, "hard_when", HardWhen))
    no_source = fields.pop("no_source", False)
    if not isinstance(no_source, bool):
        raise PlanError(f"hard_when.no_source is {no_source!r}: give true or false.")
    counts = {name: _parse_count(fields, name) for name in fields}
    return HardWhen(no_source=no_source, **counts)


def _parse_count(fields: Mapping[str, Any], name: str) -> int | None:
    value = fields[name]
    return None if value is None else _parse_number(value, f"hard_when.{name}", int, 1, 1000)


def _parse_parameters(raw: object) -> Parameters:
    fields = _parse_object(raw, "parameters", Parameters)
    return Parameters(
        temperature=_parse_number(
            fields.get("temperature", DEFAULT_TEMPERATURE), "parameters.temperature", float, 0, 2
        ),
        max_tokens=_parse_number(
            fields.get("max_tokens", DEFAULT_MAX_TOKENS), "parameters.max_tokens", int, 1, 8_000
        ),
    )


def _parse_number(value: object, where: str, kind: Callable[[Any], T], least: int, most: int) -> T:
    accepted = (int, float) if kind is float else (int,)
    is_number = isinstance(value, accepted) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:  # type: ignore[operator]
        what = "a whole number" if kind is int else "a number"
        raise PlanError(f"{where} is {value!r}: give {what} from {least} to {most}.")
    return kind(value)


def _parse_text(fields: Mapping[str, Any], name: str, *, where: str = "", most: int = 200) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        full_name = f"{where}.{name}" if where else name
        raise PlanError(f"{full_name} must be a text of at most {most:,} characters.")
    return value


def _parse_object(raw: object, where: str, kind: type) -> Mapping[str, Any]:
    """A JSON object that has no other keys than the fields of `kind`."""
    if not isinstance(raw, Mapping):
        raise PlanError(f"{where} must be a JSON object.")
    known = [name for name in kind.__dataclass_fields__ if name != "release"]  # type: ignore[attr-defined]
    for name in raw:
        if name not in known:
            nearest = get_close_matches(str(name), known, n=1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else f": {', '.join(known)} exist."
            raise PlanError(f"{where} has an unknown field {str(name)[:50]!r}{hint}")
    return raw
