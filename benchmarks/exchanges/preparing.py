"""Fills the database of DATABASE_URL: tables, a known secret, 1,000 rules live.

`python -m benchmarks.exchanges.preparing [WEBHOOK_PORT]` adds a rule that calls a webhook here.
"""

import os
import sys
from typing import Any

import django

from benchmarks.engine.workload import Workload
from benchmarks.exchanges.plan import RULES, SECRET

HOOK_WORDS = "pleasecallthehook"


def main(hook_port: str = "") -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot.config.settings"
    django.setup()
    from django.core.management import call_command

    from chatbot.conversations.models import Site

    call_command("migrate", verbosity=0)
    # What the steady model says is numbers, which no article has; it is asked each time.
    guards = {"guard_grounding": False, "guard_promises": False}
    Site.objects.update(identity_secret=SECRET, cache_enabled=False, **guards)
    content = Workload(RULES).build_data()
    if hook_port:
        add_hook(content, f"http://127.0.0.1:{hook_port}/slow")
    publish(content)


def add_hook(content: dict[str, Any], url: str) -> None:
    """A rule that asks first and answers then."""
    content["webhooks"] = {"slow": {"url": url, "timeout": 5.0, "public": True}}
    content["intents"]["hook"] = {"phrases": [HOOK_WORDS]}
    asking, asked = {"intent": "hook"}, {"fact": "call.slow.ok", "known": True}
    content["rules"] += [
        {"name": "hook", "priority": 9, "when": {"all": [asking]}, "then": [{"call": "slow"}]},
        {
            "name": "hooked",
            "priority": 10,
            "when": {"all": [asking, asked]},
            "then": [{"reply": "It says {call.slow.status}."}],
        },
    ]


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
