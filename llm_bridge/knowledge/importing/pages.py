"""What an import reads: pages, and what is wrong with files, with file, line and what to do."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify

MAX_TITLE, MAX_SLUG = 200, 80


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was not imported, and what to do about it; `line` is 0 for a whole file."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class Refused(Exception):
    """One file or one row that cannot be imported; the others can."""

    def __init__(self, text: str, *, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True, slots=True)
class Page:
    """One article as a file has it; `key` is its place within the import."""

    key: str
    file: str
    line: int
    title: str
    body: str
    slug: str = ""
    url: str = ""
    language: str = ""
    category: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    review_by: date | None = None
    owner_note: str = ""


# What an import sets of an article; its slug is chosen once.
FIELDS = (
    "title",
    "body",
    "url",
    "language",
    "category",
    "valid_from",
    "valid_until",
    "review_by",
    "owner_note",
)
# By the names of front matter and of columns; some have another that people write.
_NAMES = {
    "title": "title",
    "slug": "slug",
    "url": "url",
    "address": "url",
    "language": "language",
    "lang": "language",
    "category": "category",
    "valid_from": "valid_from",
    "valid_until": "valid_until",
    "review": "review_by",
    "review_by": "review_by",
    "owner": "owner_note",
    "owner_note": "owner_note",
}


@dataclass(slots=True)
class Harvest:
    """What all files of an import gave."""

    pages: list[Page] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    files: int = 0


def build_page(
    *, key: str, file: str, line: int, body: str, told: Mapping[str, object], fallback: str
) -> Page:
    """A page of what a file says of it; `fallback` names it where it has no title. Raises
    Refused."""
    body = _clean(body).strip()
    if not body:
        raise Refused("It has no text. Write some, or take the file away.", line=line)
    values = {name: _parse(name, value) for name, value in _read_known(told)}
    title = str(values.pop("title", "") or fallback)
    title = " ".join(_clean(title).split())
    if len(title) > MAX_TITLE:
        raise Refused(f"Its title has {len(title)} characters; {MAX_TITLE} fit.", line=line)
    begin, end = values.get("valid_from"), values.get("valid_until")
    if isinstance(begin, datetime) and isinstance(end, datetime) and begin >= end:
        raise Refused("valid_until is not after valid_from.", line=line)
    return Page(key=key, file=file, line=line, title=title, body=body, **values)  # type: ignore[arg-type]  # each parsed by its name


def build_digest(fields: Mapping[str, object]) -> str:
    """Of what an import sets: whether a page or an article changed since."""
    told = {name: _write(fields[name]) for name in FIELDS}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _write(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone.get_default_timezone()).isoformat()
    return "" if value is None else str(value)


def _read_known(told: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in told.items():
        known = _NAMES.get(str(name).strip().lower())
        if not known or value is None or value == "":
            continue
        if isinstance(value, list | dict | set):
            raise Refused(f"{name}: it has several values; one fits.")
        # YAML takes Norwegian for "no".
        is_norwegian = known == "language" and value is False
        yield known, "no" if is_norwegian else value


def _parse(name: str, value: object) -> object:
    if name in {"valid_from", "valid_until"}:
        return _parse_moment(name, value)
    if name == "review_by":
        return _parse_day(name, value)
    text = " ".join(_clean(str(value)).split())
    if name == "slug" and slugify(text) != text.lower():
        raise Refused(f"slug: “{text}” has more than letters, digits and hyphens.")
    return text


def _parse_moment(name: str, value: object) -> datetime:
    """A time, or a day: its beginning, for `valid_until` its end."""
    if isinstance(value, str) and len(value.strip()) > 10:
        value = _parse_iso(name, value)
    if isinstance(value, datetime):
        return timezone.make_aware(value) if timezone.is_naive(value) else value
    day = _parse_day(name, value)
    if name == "valid_until":
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time()))


def _parse_iso(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(f"{name}: “{text}” is no time. Write it as 2027-01-31 18:00.") from error


def _parse_day(name: str, value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise Refused(f"{name}: “{value}” is no day. Write it as 2027-01-31.") from error


def build_slug(*, text: str, key: str, taken: Container[str]) -> str:
    """From a title; where it is taken or has no Latin letter, with something of the key."""
    slug = slugify(text)[:MAX_SLUG].strip("-")
    if slug and slug not in taken:
        return slug
    mark = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{slug[: MAX_SLUG - 11] or 'page'}-{mark}"


def _clean(text: str) -> str:
    """Without what databases refuse and nobody sees: NUL, other controls, lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = text.encode("utf-8", "replace").decode("utf-8")
    kept = (each for each in whole if each in "\n\t" or unicodedata.category(each) != "Cc")
    return re.sub(r"\n{3,}", "\n\n", "".join(kept))


def describe(error: ValidationError) -> str:
    """What a form would say, in one line."""
    if hasattr(error, "error_dict"):
        return " ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
    return " ".join(error.messages)
