"""`python -m benchmarks.guards [NAME …]`: a table of what each guard catches, blocks and costs.

A guard has a module here with a `measure()` that gives its rows.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from importlib import import_module

import django

from benchmarks import guards
from benchmarks.guards.messages import NoData

HEADING = "| guard | messages | caught | wrongly blocked | ms, median / p95 |"


def main(names: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot.config.settings")
    django.setup()
    print(HEADING, "|---|---|---|---|---|", sep="\n")
    for name in names or find_guards():
        try:
            for row in import_module(f"benchmarks.guards.{name}").measure():
                print(row.write(), flush=True)
        except NoData as missing:
            print(f"| {name} | {missing} is not there | | | |", flush=True)


def find_guards() -> list[str]:
    """The modules here that measure something."""
    found = (each.name for each in pkgutil.iter_modules(guards.__path__))
    return [name for name in found if _measures(name)]


def _measures(name: str) -> bool:
    return name != "__main__" and hasattr(import_module(f"benchmarks.guards.{name}"), "measure")


if __name__ == "__main__":
    main(sys.argv[1:])
