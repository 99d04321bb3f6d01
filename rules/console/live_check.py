"""The check while somebody types: what is wrong where, and what each example comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rules.console.form_fields import YamlField, build_sentence
from rules.console.piece_form import PieceForm
from rules.console.samples import find_samples
from rules.console.widgets import find_data
from rules.draft import Document
from rules.findings.examples import find_failures
from rules.language.typos import MAX_TYPOS, find_shortest
from rules.models import Rulebook
from rules.reference import ReferenceEvaluator
from rules.rulebook.nodes import Path, Problem
from rules.rulebook.parse_recognition import find_words
from rules.rulebook.parsing import RulebookError, parse_rulebook
from rules.rulebook.parts import Intent
from rules.rulebook.parts import Rulebook as Parsed

UNNAMED = "unnamed"  # stands in until the piece has a name
MOST_PRUNED = 3  # rounds of leaving out what is wrong

_STAND_INS: Mapping[str, Any] = {"phrases": [], "when": {}, "then": []}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to say at a field, at a place in it (`[2]`, `.all[0]`), on a line of its text."""

    field: str
    at: str
    line: int | None
    message: str


@dataclass(slots=True)
class LiveCheck:
    """What the page shows beside the fields."""

    problems: list[Mark] = field(default_factory=list)
    outcomes: list[Mark] = field(default_factory=list)  # examples that come out otherwise
    is_tried: bool = False  # whether examples could be tried at all
    words: dict[str, int] = field(default_factory=dict)  # of an intent: the slips each may forgive
    found: list[dict[str, Any]] = field(default_factory=list)  # of an entity: in the sample
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)  # YAML fields, read and tidied


def check_live(form: PieceForm, *, sample: str = "") -> LiveCheck:
    """Checks a bound form as far as it has got; nothing is saved."""
    check = LiveCheck()
    form.is_valid()
    cleaned = _complete(form)
    if cleaned is None:
        return check
    check.texts = dict(_build_texts(form))
    draft = form.build_draft(cleaned["rulebook"], cleaned)
    parsed, problems = _parse(draft, form.build_lines(cleaned["name"], draft))
    check.problems = list(_build_marks(form, problems, cleaned["name"]))
    parsed = parsed or _parse_rest(form, draft, cleaned["name"])
    if parsed is not None:
        _try(check, form, parsed, name=cleaned["name"], sample=sample)
    return check


def _complete(form: PieceForm) -> dict[str, Any] | None:
    """What was typed, with stand-ins for what is missing or cannot be read."""
    cleaned = {**_STAND_INS, **{"position": 0, "priority": 0}, **form.cleaned_data}
    cleaned["name"] = cleaned.get("name") or UNNAMED
    if cleaned.get("rulebook") is None:
        cleaned["rulebook"] = Rulebook.objects.first()
    return cleaned if cleaned["rulebook"] is not None else None


def _build_texts(form: PieceForm) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, area in form.fields.items():
        if isinstance(area, YamlField):
            text = str(form.data.get(name, ""))
            data = find_data(text)
            yield name, {"data": data, "text": area.write(data) if data is not None else text}


def _parse(
    draft: Document, lines: Mapping[Path, int] | None = None
) -> tuple[Parsed | None, Sequence[Problem]]:
    try:
        return parse_rulebook(draft, lines), ()
    except RulebookError as error:
        return None, error.problems


def _build_marks(form: PieceForm, problems: Sequence[Problem], name: str) -> Iterator[Mark]:
    yield from (mark for problem in problems if (mark := _build_mark(form, problem, name)))
    unreadable = {"yaml", "line", "invalid", "invalid_choice"}
    for field_, errors in form.errors.get_json_data().items():
        yield from (
            Mark(field=field_, at="", line=None, message=str(each["message"]))
            for each in errors
            if each["code"] in unreadable
        )


def _build_mark(form: PieceForm, problem: Problem, name: str) -> Mark | None:
    rest = form.find_rest(problem, name)
    if rest is None or (name == UNNAMED and not rest):
        return None
    shown = form.find_field(rest)
    at = rest[len(shown) :] if shown and rest.startswith(shown) else ""
    return Mark(
        field=shown or "", at=at, line=problem.line, message=build_sentence(problem.message)
    )


def _parse_rest(form: PieceForm, draft: Document, name: str) -> Parsed | None:
    """The draft without what is wrong in it, so that examples can be tried all the same."""
    for _ in range(MOST_PRUNED):
        parsed, problems = _parse(draft)
        if parsed is not None:
            return parsed
        for problem in problems:
            _prune(draft, problem, mine=f"{form.section}.{name}")
    return None


def _prune(draft: Document, problem: Problem, *, mine: str) -> None:
    """Leaves out the piece a problem is in; of the edited one, the bad phrases only."""
    section, _, rest = problem.path.partition(".")
    pieces = draft.get(section)
    if section == "complex":
        draft.pop(section, None)
    elif isinstance(pieces, list):
        draft[section] = [each for each in pieces if not _is_in(problem.path, section, each)]
    elif isinstance(pieces, dict):
        for name in [name for name in pieces if rest == name or rest.startswith(f"{name}.")]:
            if f"{section}.{name}" == mine and _prune_phrases(pieces[name]):
                continue
            del pieces[name]


def _is_in(path: str, section: str, rule: Mapping[str, Any]) -> bool:
    place = f"{section}.{rule['name'][:60]}"
    return path == place or path.startswith((f"{place}.", f"{place}["))


def _prune_phrases(piece: dict[str, Any]) -> bool:
    """Keeps an intent's sound phrases; False where nothing was left to leave out."""
    before = {key: piece.get(key) for key in ("phrases", "avoid", "typos")}
    for key in ("phrases", "avoid"):
        if key in piece:
            piece[key] = [each for each in piece[key] if is_phrase(each)]
    piece.pop("typos", None)
    return bool(piece.get("phrases")) and before != {key: piece.get(key) for key in before}


def is_phrase(text: str) -> bool:
    intent = {"phrases": [text]}
    try:
        parse_rulebook({"rulebook": 1, "intents": {UNNAMED: intent}})
    except RulebookError:
        return False
    return True


def _try(check: LiveCheck, form: PieceForm, parsed: Parsed, *, name: str, sample: str) -> None:
    evaluator = ReferenceEvaluator(parsed)
    piece = getattr(parsed, form.section).get(name)
    if piece is None:
        return
    parts: dict[str, Any] = {
        "entities": {},
        "intents": {},
        "rules": {},
        form.section: {name: piece},
    }
    if form.section != "webhooks":
        check.is_tried = True
        mine = replace(parsed, webhooks={}, **parts)
        for failure in find_failures(mine, [evaluator]):
            rest = failure.where.removeprefix(f"{form.section}.{name}").lstrip(".")
            shown = form.find_field(rest) or ""
            check.outcomes.append(
                Mark(field=shown, at=rest[len(shown) :], line=None, message=failure.message)
            )
    if isinstance(piece, Intent):
        check.words = find_forgiving(piece)
    if form.section == "entities":
        check.found = find_samples(piece, sample)


def find_forgiving(intent: Intent) -> dict[str, int]:
    """An intent's words that are long enough, with the most slips each may forgive."""
    words = dict.fromkeys(
        word for each in (*intent.phrases, *intent.avoid) for word in find_words(each)
    )
    most = {
        word: max((n for n in range(1, MAX_TYPOS + 1) if len(word) >= find_shortest(n)), default=0)
        for word in words
    }
    return {word: slips for word, slips in most.items() if slips}
