"""`manage.py say TEXT`: decides one message against the live release; stores nothing."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatbot.conversations.facts import build_facts
from chatbot.conversations.models import Conversation, Site
from chatbot.conversations.sites import DEFAULT_KEY, NoSuchSite, get_site
from chatbot.conversations.snapshots import Snapshot, count_agents_online
from chatbot.conversations.state import State
from rules.decision import Situation, decision_line, settle
from rules.explanation import explain
from rules.language.facts import FactError, parse_facts
from rules.releases import find_live


class Command(BaseCommand):
    help = "Decides one message against the live release without storing anything."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--site", default=DEFAULT_KEY)
        parser.add_argument("--slots", default="{}", help='e.g. \'{"order_number": "AB-123456"}\'')
        parser.add_argument("--json", action="store_true", help="one JSON line, as decide gives it")
        parser.add_argument("--trace", action="store_true", help="with every reason, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            site = get_site(options["site"])
        except NoSuchSite as error:
            raise CommandError(str(error)) from error
        live = find_live(rulebook_id=site.rulebook_id)
        if live is None:
            raise CommandError("No release is live: publish one first.", returncode=2)
        situation = _build_situation(site, options["text"], _parse_slots(options["slots"]))
        decision = settle(live.evaluator, situation)
        line = decision_line(decision, options["text"])
        if options["json"]:
            self.stdout.write(json.dumps(line, ensure_ascii=False))
        else:
            self.stdout.write(decision.reply or f"(no reply: {decision.reason})")
            self.stdout.write(
                f"— {decision.route}, rule {decision.rule or 'none'}, release {live.number}"
            )
        if options["trace"]:
            explanation = explain(live.evaluator.rulebook, situation)
            self.stdout.write(json.dumps(explanation.to_json(), ensure_ascii=False, indent=2))


def _parse_slots(text: str) -> dict[str, Any]:
    try:
        slots = json.loads(text)
        if not isinstance(slots, dict):
            raise FactError("this is another kind of JSON")
        return parse_facts({f"slot.{name}": value for name, value in slots.items()})
    except (json.JSONDecodeError, FactError) as error:
        raise CommandError(f"--slots takes a JSON object of names and values: {error}") from error


def _build_situation(site: Site, text: str, slots: dict[str, Any]) -> Situation:
    now = timezone.now()
    snapshot = Snapshot(
        conversation=Conversation(site=site, created_at=now, last_event_at=now, seen_at=now),
        site=site,
        agents_online=count_agents_online(now=now),
    )
    facts = build_facts(snapshot=snapshot, state=State().hear(text), now=now)
    return Situation(text=text, facts=facts | slots)
