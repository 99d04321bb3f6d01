"""`manage.py say TEXT`: decides one message against the live release; stores nothing."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.facts import build_situation
from chatbot.conversations.models import Conversation, Site
from chatbot.conversations.sites import DEFAULT_KEY, NoSuchSite, get_site
from chatbot.conversations.state import State
from rules.decision import Decision, Situation, build_line, decide, parse_slots
from rules.explanation import explain
from rules.releases import find_live


class Command(BaseCommand):
    help = "Decides one message against the live release without storing anything."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--site", default=DEFAULT_KEY)
        parser.add_argument("--slots", default="{}", help='e.g. {"order_number": "AB-123456"}')
        parser.add_argument("--json", action="store_true", help="the line that decide gives")
        parser.add_argument("--trace", action="store_true", help="every reason")
