"""`manage.py rules ACTION`: the rulebook as a file, its checks and its releases."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatbot.conversations.sites import DEFAULT_KEY, NoSuchSite, get_site
from rules import releases
from rules.check import Finding
from rules.draft import build_document, replace_draft
from rules.models import Release, Rulebook
from rules.rulebook.parsing import RulebookError
from rules.rulebook.yaml_file import read_rulebook, write_rulebook


class Command(BaseCommand):
    help = "The rulebook: import FILE, export, check, publish -m TEXT, rollback N, diff A B."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", default=DEFAULT_KEY)
        actions = parser.add_subparsers(dest="action", required=True)
        importing = actions.add_parser("import", help="replaces the draft by a rulebook file")
        importing.add_argument("file", type=Path)
        importing.add_argument("--publish", action="store_true", help="and makes it live")
        importing.add_argument("-m", "--message", default="")
        actions.add_parser("export", help="prints the draft as a rulebook file")
        actions.add_parser("check", help="says what keeps the draft from being published")
        publishing = actions.add_parser("publish", help="makes the draft the live release")
        publishing.add_argument("-m", "--message", required=True)
        rolling = actions.add_parser("rollback", help="makes an earlier release live again")
        rolling.add_argument("number", type=int)
        comparing = actions.add_parser("diff", help="what changed between two releases")
        comparing.add_argument("a", help="a number, or draft")
        comparing.add_argument("b", help="a number, or draft")
        for action in actions.choices.values():
            action.add_argument("--site", default=DEFAULT_KEY)

    def handle(self, *args: Any, **options: Any) -> None:
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
        replace_draft(rulebook=rulebook, document=document)
        self.stdout.write(f"The draft is now {path.name}.")
        if options["publish"]:
            self.handle_publish(rulebook, options)

    def handle_export(self, rulebook: Rulebook, _options: dict[str, Any]) -> None:
        self.stdout.write(write_rulebook(build_document(rulebook)), ending="")

    def handle_check(self, rulebook: Rulebook, _options: dict[str, Any]) -> None:
        findings = releases.check_draft(rulebook)
        self._show(findings)
        if any(finding.level == "ERROR" for finding in findings):
            sys.exit(1)
        self.stdout.write("The draft can be published.")

    def handle_publish(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        try:
            release = releases.publish(rulebook=rulebook, author=None, message=options["message"])
        except releases.PublishRefused as refusal:
            self._show(refusal.findings)
            raise CommandError("Not published: the live release is as it was.") from refusal
        self.stdout.write(f"Release {release.number} is live.")

    def handle_rollback(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        try:
            release = releases.rollback(rulebook=rulebook, number=options["number"])
        except Release.DoesNotExist as error:
            raise CommandError(f"There is no release {options['number']}.") from error
        self.stdout.write(f"Release {release.number} is live again.")

    def handle_diff(self, rulebook: Rulebook, options: dict[str, Any]) -> None:
        try:
            lines = releases.build_diff(rulebook=rulebook, a=options["a"], b=options["b"])
        except Release.DoesNotExist as error:
            raise CommandError(str(error)) from error
        self.stdout.write("".join(lines) or "No difference.\n", ending="")

    def _show(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.stdout.write(f"{finding.level} {finding.where}: {finding.message}")
