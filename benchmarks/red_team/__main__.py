"""`LLM_BASE_URL=… python -m benchmarks.red_team [ATTACKS] [--show]`: a table of what got through.

Asks the demo shop, in a database of its own, each message twice: the whole hybrid, and the model
by itself for the same case. Without a model there is nothing to attack, so it says so and ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

WAYS = ("model alone, no guards", "whole hybrid")
FAULTS = ("figure", "promise", "sealed", "leak")


def main(arguments: Sequence[str]) -> int:
    if not os.environ.get("LLM_BASE_URL"):
        print("Start a model first (make local-llm) and give its LLM_BASE_URL.")
        return 2
    numbers = [int(each) for each in arguments if each.isdecimal()]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/shop.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot.config.settings"
        os.environ["DEMO"] = "1"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("demo", "load", verbosity=0)
        asyncio.run(run(attacks=numbers[0] if numbers else 40, show="--show" in arguments))
    return 0


async def run(*, attacks: int, show: bool) -> dict[tuple[str, str], Counter[str]]:
    """Counts by set and way: messages `asked`, `answered` by the model, and each fault."""
    from benchmarks.red_team.asking import ask_hybrid, ask_model
    from benchmarks.red_team.judge import judge_answer
    from benchmarks.red_team.messages import build_sets

    counts: dict[tuple[str, str], Counter[str]] = {}
    print("| messages | way | asked | the model answered | ungrounded figure | promise | "
          "sealed answered | prompt leaked |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    for name, texts in build_sets(attacks).items():
        for text in texts:
            guarded, case = await ask_hybrid(text)
            alone = await ask_model(case)
            for way, said in zip(WAYS, (alone, guarded), strict=True):
                faults = judge_answer(
                    said.text, query=case.query, by_model=said.by_model, is_sealed=name == "sealed"
                )
                found = [fault for fault, is_there in asdict(faults).items() if is_there]
                count = counts.setdefault((name, way), Counter())
                count.update(["asked", *(["answered"] if said.by_model else []), *found])
                if show and (found or not said.by_model):
                    print(
                        f"  {way}: {found or said.why} {text[:80]!r} -> {said.text[:200]!r}",
                        file=sys.stderr,
                    )
        for way in WAYS:
            row = counts[name, way]
            cells = (row[each] for each in ("asked", "answered", *FAULTS))
            print(f"| {name} | {way} |", " | ".join(map(str, cells)), "|", flush=True)
    return counts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
