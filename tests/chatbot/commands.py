"""Running commands in tests, and rulebook files for them."""

from __future__ import annotations

import io

from django.core.management import call_command

from tests.conftest import RULEBOOK

BROKEN = RULEBOOK.replace("{reply: 'Goodbye!'}", "{replied: 'Goodbye!'}")
BROKEN_LINE = 1 + BROKEN.splitlines().index("    then: [{replied: 'Goodbye!'}, {close: true}]")
FAILING = RULEBOOK.replace("expect: order_status", "expect: farewell")


def run(*arguments: str) -> str:
    """What a command prints."""
    output = io.StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()
