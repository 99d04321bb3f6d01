"""`python -m tests.llm_bridge.money.spender LIMIT TIMES`: buys in a process of its own.

Prints how often it could.
"""

from __future__ import annotations

import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot.config.settings"
    django.setup()

    from tests.llm_bridge.money.buying import limit_to, pay, try_to_buy

    limit, times = map(int, sys.argv[1:])
    holds = [try_to_buy(limit_to(month=limit)) for _ in range(times)]
    bought = [hold for hold in holds if hold]
    for hold in bought:
        pay(hold)
    sys.stdout.write(f"{len(bought)}\n")
