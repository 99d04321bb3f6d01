"""Stored cases: kept one by one, from an exchange, or from a file; and what of them is tried."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction

from llm_bridge.releases.expectations import ExpectationError, Expected, parse_expected
from llm_bridge.releases.tables import MAX_QUESTION, CaseAnswer, ModelCase, ModelProfile

MAX_CASES = 200  # of one profile
MAX_FILE = 500_000  # bytes
COLUMNS = ("question", "language", "must_say", "must_not_say", "action", "canary")
_YES = frozenset({"1", "yes", "true", "x"})


class CaseError(ValueError):
    """Cases that cannot be kept, in one sentence."""


def build_expected(case: ModelCase) -> dict[str, Any]:
    """What a run keeps of a case beside its question."""
    expected = Expected(tuple(case.must_say), tuple(case.must_not_say), case.action)
    return {**expected.to_json(), "language": case.language}


def build_cases_hash(cases: Iterable[ModelCase]) -> str:
    """The same as long as the same is asked and expected."""
    told = [(case.pk, case.question, build_expected(case)) for case in cases]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def record_case(
    *,
    profile: ModelProfile,
    question: str,
    reference: UUID | None = None,
    language: str = "",
    author: Any = None,
) -> ModelCase:
    """Keeps a question as a case; one of an exchange once. Raises CaseError."""
    with transaction.atomic():
        locked = ModelProfile.objects.select_for_update().get(pk=profile.pk)
        if reference and (known := locked.cases.filter(reference=reference).first()):
            return known
        _check_room(locked, 1)
        return ModelCase.objects.create(
            profile=locked,
            question=_check_question(question),
            reference=reference,
            language=language[:16],
            created_by=author,
        )


def forget_case(*, reference: UUID) -> int:
    """Removes what was kept of an exchange, with what it was answered in runs; says how many."""
    cases = list(ModelCase.objects.filter(reference=reference).values_list("pk", flat=True))
    CaseAnswer.objects.filter(case__in=cases).delete()
    return ModelCase.objects.filter(pk__in=cases).delete()[0]


def import_cases(*, profile: ModelProfile, raw: bytes, author: Any) -> int:
    """Adds the file's cases, all or none; those whose question is there already are left out.

    CSV with the columns of COLUMNS, of which only `question` is needed; several lines of
    `must_say` are parted by `|`. Raises CaseError, which names the line.
    """
    rows = list(_parse_file(raw))
    with transaction.atomic():
        locked = ModelProfile.objects.select_for_update().get(pk=profile.pk)
        known = set(locked.cases.values_list("question", flat=True))
        fresh = {row.question: row for row in rows if row.question not in known}
        _check_room(locked, len(fresh))
        for row in fresh.values():
            row.profile, row.created_by = locked, author
        ModelCase.objects.bulk_create(fresh.values())
    return len(fresh)


def _check_room(profile: ModelProfile, count: int) -> None:
    if profile.cases.count() + count > MAX_CASES:
        raise CaseError(f"A profile has at most {MAX_CASES} cases: each is asked in every trial.")


def _check_question(question: str) -> str:
    text = question.strip()
    if not text or len(text) > MAX_QUESTION or "\0" in text:
        raise CaseError(f"A question has 1 to {MAX_QUESTION:,} characters.")
    return text


def _parse_file(raw: bytes) -> Iterator[ModelCase]:
    if len(raw) > MAX_FILE:
        raise CaseError(f"The file has more than {MAX_FILE // 1000} kB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseError("The file is not UTF-8: save it as CSV UTF-8.") from error
    try:
        yield from _parse_rows(text)
    except csv.Error as error:
        raise CaseError(f"The file is no CSV: {error}.") from error


def _parse_rows(text: str) -> Iterator[ModelCase]:
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    names = reader.fieldnames or ()
    if "question" not in names:
        raise CaseError(f"The first line has to name the columns: {', '.join(COLUMNS)}.")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise CaseError(f"The column “{unknown[0]}” is unknown; there are {', '.join(COLUMNS)}.")
    for row in reader:
        try:
            yield _parse_row(row)
        except (CaseError, ExpectationError) as error:
            raise CaseError(f"Line {reader.line_num}: {error}") from error


def _parse_row(row: dict[str, Any]) -> ModelCase:
    values = {name: row.get(name) or "" for name in COLUMNS}
    expected = parse_expected(
        {
            "must_say": values["must_say"].split("|"),
            "must_not_say": values["must_not_say"].split("|"),
            "action": values["action"].strip(),
        }
    )
    return ModelCase(
        question=_check_question(values["question"]),
        language=values["language"].strip()[:16],
        must_say=list(expected.must_say),
        must_not_say=list(expected.must_not_say),
        action=expected.action,
        is_canary=values["canary"].strip().lower() in _YES,
    )
