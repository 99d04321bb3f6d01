"""`manage.py rules ACTION`: the rulebook as a file, its checks and its releases."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatbot.conversations.sites import DEFAULT_KEY, NoSuchSite, get_site
from rules import releases
from rules.console.logged import find_logged
from rules.draft import build_document, replace_draft
from rules.findings.finding import Finding
from rules.models import Pause, Release, Rulebook
from rules.rulebook.parsing import RulebookError
from rules.rulebook.yaml_file import read_rulebook, write_rulebook

MOST_LOGGED = 500  # questions of visitors that findings are looked for in
MAX_REASON = 500  # characters of a message or reason
STRICT = "refuse what has warnings, as the console does until they are ticked"


class Command(BaseCommand):
    help = (
        "The rulebook: import FILE, export, check, publish -m TEXT, rollback N, diff A B,"
        " pause WHAT, resume WHAT."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", default=DEFAULT_KEY)
        actions = parser.add_subparsers(dest="action", required=True)
        _add_draft_actions(actions)
        _add_release_actions(actions)
        for name in ("pause", "resume"):
            action = actions.add_parser(name, help=f"{name}s a rule, the model or the bot at once")
            action.add_argument("what", help="rule:NAME, model or bot")
            action.add_argument("-m", "--message", default="", help="why")
        for action in actions.choices.values():
            action.add_argument("--site", default=DEFAULT_KEY)

    def handle(self, *args: Any, **options: Any) -> None:
        if len(options.get("message") or "") > MAX_REASON:
            raise CommandError(f"-m takes at most {MAX_REASON} characters.")
        try:
            rulebook = get_site(options["site"]).rulebook
        except NoSuchSite as error:
            raise CommandError(str(error)) from error
        getattr(self, f"handle_{options['action']}")(rulebook, options)

    def handle_import(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        path = options["file"]
        if options["publish"] and not options["message"]:
            raise CommandError("--publish needs -m with a sentence about what changed.")
        try:
            document, _ = read_rulebook(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except RulebookError as error:
            raise CommandError(f"The draft is as it was.\n{error.show_in(str(path))}") from error
        replace_draft(rulebook=rulebook, document=document, author=None)
        self.stdout.write(f"The draft is now {path.name}.")
        if options["publish"]:
            self.handle_publish(rulebook, options)

    def handle_export(self, rulebook: Rulebook, _options: dict[str, Any]) -> None:
        self.stdout.write(write_rulebook(build_document(rulebook)), ending="")

    def handle_check(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        """Exits 1 where an ERROR keeps the draft from being published."""
        logged = (each.situation.text for each in find_logged(rulebook, MOST_LOGGED))
        findings = releases.check_draft(rulebook, logged=logged)
        has_errors = any(finding.level == "ERROR" for finding in findings)
        if options["json"]:
            shown = [finding.to_json() for finding in findings]
            self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2))
        else:
            self._show(findings)
            self.stdout.write(_sum_up(findings))
        if has_errors:
            sys.exit(1)

    def handle_publish(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        try:
            release = self._publish(rulebook, options)
        except releases.HasErrors as refusal:
            self._show(refusal.findings)
            raise CommandError("Not published: the live release is as it was.") from refusal
        except releases.PublishRefused as refusal:
            raise CommandError(f"Not published: {refusal}") from refusal
        self.stdout.write(f"Release {release.number} is live.")

    def _publish(self, rulebook: Rulebook, options: dict[str, Any]) -> Release:
        """Whoever publishes by hand has no box to tick: the warnings are said on stderr."""
        publish = partial(
            releases.publish, rulebook=rulebook, author=None, message=options["message"]
        )
        try:
            return publish()
        except releases.NotAccepted as warned:
            for line in (line for finding in warned.findings for line in _tell(finding)):
                self.stderr.write(line)
            if options["strict"]:
                raise CommandError("Not published: --strict allows no warnings.") from warned
            return publish(accepted=[finding.id for finding in warned.findings])

    def handle_rollback(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        try:
            release = releases.rollback(rulebook=rulebook, number=options["number"])
        except Release.DoesNotExist as error:
            raise CommandError(f"There is no release {options['number']}.") from error
        self.stdout.write(f"Release {release.number} is live again.")

    def handle_diff(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        try:
            lines = (_build_words if options["words"] else _build_lines)(rulebook, options)
        except Release.DoesNotExist as error:
            raise CommandError(str(error)) from error
        self.stdout.write("".join(lines) or "No difference.\n", ending="")

    def handle_pause(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        kind, rule = _parse_paused(options["what"])
        releases.pause(
            rulebook=rulebook, kind=kind, rule=rule, reason=options["message"], author=None
        )
        self.stdout.write(f"Paused: {rule or f'the {kind}'}. Every process knows in two seconds.")

    def handle_resume(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        kind, rule = _parse_paused(options["what"])
        row = releases.find_active(rulebook=rulebook).filter(kind=kind, rule=rule).first()
        if row is None:
            raise CommandError(f"{options['what']} is not paused.")
        releases.resume(pause=row, author=None)
        self.stdout.write(f"Goes on: {rule or f'the {kind}'}.")

    def _show(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            for line in _tell(finding):
                self.stdout.write(line)


def _tell(finding: Finding) -> Iterator[str]:
    """The finding in a line, and under it what shows it."""
    sampled = " (tried on samples)" if finding.proof == "sampled" else ""
    yield f"{finding.level} {finding.code} {finding.where}: {finding.message}{sampled}"
    if (witness := finding.witness) is not None:
        facts = f"  {json.dumps(witness.facts, ensure_ascii=False)}" if witness.facts else ""
        before = f"“{witness.before}”, then " if witness.before is not None else ""
        yield f"    try: {before}“{witness.text}”{facts}"
    if finding.logged is not None:
        yield f"    a visitor wrote: “{finding.logged}”"


def _sum_up(findings: Iterable[Finding]) -> str:
    levels = Counter(finding.level for finding in findings)
    if errors := levels["ERROR"]:
        return f"The draft cannot be published: {errors} ERROR."
    if warnings := levels["WARNING"]:
        return f"The draft can be published; {warnings} WARNING should be read first."
    return "The draft can be published."


def _add_draft_actions(actions: Any) -> None:
    importing = actions.add_parser("import", help="replaces the draft by a rulebook file")
    importing.add_argument("file", type=Path)
    importing.add_argument("--publish", action="store_true", help="and makes it live")
    importing.add_argument("-m", "--message", default="")
    importing.add_argument("--strict", action="store_true", help=STRICT)
    actions.add_parser("export", help="prints the draft as a rulebook file")
    checking = actions.add_parser("check", help="says what is worth knowing before publishing")
    checking.add_argument("--json", action="store_true", help="as data")


def _add_release_actions(actions: Any) -> None:
    publishing = actions.add_parser("publish", help="makes the draft the live release")
    publishing.add_argument("-m", "--message", required=True)
    publishing.add_argument("--strict", action="store_true", help=STRICT)
    rolling = actions.add_parser("rollback", help="makes an earlier release live again")
    rolling.add_argument("number", type=int)
    comparing = actions.add_parser("diff", help="what changed between two releases")
    comparing.add_argument("a", help="a number, or draft")
    comparing.add_argument("b", help="a number, or draft")
    comparing.add_argument("--words", action="store_true", help="in words instead of lines")


def _build_lines(rulebook: Rulebook, options: dict[str, Any]) -> list[str]:
    return releases.build_diff(rulebook=rulebook, a=options["a"], b=options["b"])


def _build_words(rulebook: Rulebook, options: dict[str, Any]) -> list[str]:
    before, after = (
        releases.get_document(rulebook=rulebook, which=options[name]) for name in ("a", "b")
    )
    return [f"{change}\n" for change in releases.build_changes(before=before, after=after)]


def _parse_paused(what: str) -> tuple[str, str]:
    """`rule:NAME`, `model` or `bot` as a kind and a rule's name."""
    kind, _, rule = what.partition(":")
    if kind not in Pause.Kind or (kind == Pause.Kind.RULE) != bool(rule):
        raise CommandError(f"{what!r} cannot be paused: say rule:NAME, model or bot.")
    return kind, rule
