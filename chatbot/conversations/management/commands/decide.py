"""`manage.py decide`: JSON Lines of messages in, JSON Lines of decisions out, in order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any, cast

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from rules.decision import Situation, decision_line, settle
from rules.evaluator import Evaluator, build_evaluator
from rules.language.facts import FactError, parse_facts
from rules.rulebook.parsing import RulebookError, parse_rulebook
from rules.rulebook.yaml_file import read_rulebook

CHUNK = 1 << 16  # bytes read at once, and so the most that are decided before they are answered


class BadLine(ValueError):
    """A line that cannot be decided; the text goes into its place."""


class Command(BaseCommand):
    help = "Decides JSON Lines from standard input; stores nothing, calls nothing."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own annotation

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", default="default")
        parser.add_argument("--release", help="a number, or draft; the live release when absent")
        parser.add_argument("--rulebook", type=Path, help="a rulebook file instead of a release")

    def handle(self, *args: Any, **options: Any) -> None:
        decider = _Decider(_build_evaluator(options))
        for lines in read_lines(cast("BufferedReader[Any]", sys.stdin.buffer)):
            now = datetime.now(UTC).isoformat(timespec="seconds")
            answers = [decider.answer(line, now) for line in lines if line.strip()]
            sys.stdout.buffer.write(b"".join(answers))
            sys.stdout.buffer.flush()  # who waits for one answer before the next line gets it
        if decider.failed:
            sys.exit(1)


def read_lines(stream: BufferedReader[Any]) -> Iterator[list[bytes]]:
    """All lines that are there to be read, as often as some are: never waits for more of them."""
    pieces: list[bytes] = []
    while chunk := stream.read1(CHUNK):
        first, *others = chunk.split(b"\n")
        pieces.append(first)
        if others:
            yield [b"".join(pieces), *others[:-1]]
            pieces = [others[-1]]
    yield [b"".join(pieces)]


class _Decider:
    """Answers line by line, and remembers whether one of them could not be decided."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self.failed = False

    def answer(self, line: bytes, now: str) -> bytes:
        """As JSON at once: whatever else a decision is made of is gone before the next one."""
        try:
            situation = _parse_line(line, now)
        except (BadLine, FactError) as error:
            self.failed = True
            answer: dict[str, Any] = {"error": str(error)}
        else:
            answer = decision_line(settle(self._evaluator, situation), situation.text)
        return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)


def _parse_line(line: bytes, now: str) -> Situation:
    """Members beside text and facts (a label, an id) are the caller's own and passed over."""
    try:
        message = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadLine(f"not JSON: {error}") from error
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        raise BadLine('a line is an object with "text", a string')
    given = message.get("facts")
    facts = parse_facts({} if given is None else given)
    facts.setdefault("now", now)
    return Situation(text=message["text"], facts=facts)


def _build_evaluator(options: dict[str, Any]) -> Evaluator:
    build: Callable[[], Any] = (
        (lambda: _read_file(options["rulebook"]))
        if options["rulebook"]
        else (lambda: _read_release(options["site"], options["release"]))
    )
    try:
        return build_evaluator(build(), engine=settings.ENVIRONMENT.rules_engine)
    except RulebookError as error:
        raise CommandError(str(error), returncode=2) from error


def _read_file(path: Path) -> Any:
    try:
        return read_rulebook(path.read_bytes())[1]
    except RulebookError as error:
        raise CommandError(error.show_in(str(path)), returncode=2) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error


def _read_release(site_key: str, number: str | None) -> Any:
    """The database is asked only here, so that --rulebook needs none."""
    from chatbot.conversations.sites import NoSuchSite, get_site
    from rules.draft import build_document
    from rules.models import Release

    try:
        rulebook = get_site(site_key).rulebook
    except NoSuchSite as error:
        raise CommandError(str(error), returncode=2) from error
    if number == "draft":
        return parse_rulebook(build_document(rulebook))
    if number is None:
        release = rulebook.live
    elif number.isdecimal():
        release = Release.objects.filter(rulebook=rulebook, number=int(number)).first()
    else:
        raise CommandError("--release takes a number, or draft.", returncode=2)
    if release is None:
        what = (
            "No release is live: publish one first."
            if number is None
            else (f"There is no release {number}.")
        )
        raise CommandError(what, returncode=2)
    return parse_rulebook(release.content)
