"""Fills the database of DATABASE_URL: tables, a known secret, 1,000 rules live.

`python -m benchmarks.exchanges.preparing [WEBHOOK_URL]`
"""

import os
import sys
from typing import Any

import django

from benchmarks.engine.workload import Workload
from benchmarks.exchanges.plan import RULES, SECRET


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot.config.settings"
    django.setup()
    from django.core.management import call_command

    from chatbot.conversations.models import Site

    call_command("migrate", verbosity=0)
    Site.objects.update(identity_secret=SECRET)
    publish(Workload(RULES).build_data())


def publish(content: dict[str, Any]) -> None:
    """As `rules.releases.publish` does, but for the checks."""
    from rules.models import Release, Rulebook

    rulebook = Rulebook.objects.get()
    release = Release.objects.create(
        rulebook=rulebook, number=1, content=content, content_hash="", message="benchmark"
    )
    Rulebook.objects.filter(pk=rulebook.pk).update(live=release)


if __name__ == "__main__":
    main(*sys.argv[1:])
