"""The shared workload: 1,000 mixed rules, messages, and what each message should be decided as.

`../shared/engine/workload.py` makes the rules, its plain oracle in `prototype.py` says which
wins; both are independent of Firstline's code. Every peer gets them as one JSON file.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[3] / "shared" / "engine"


def build_workload(*, rules: int, messages: int) -> dict[str, Any]:
    """`rules` best first, each with `text`, `without` and `tests`; `messages` with `wanted`."""
    sys.path.insert(0, str(SHARED))
    make = importlib.import_module("workload").make
    oracle = importlib.import_module("prototype").oracle
    made, make_message = make(rules)
    drawn = [make_message() for _ in range(messages)]
    best_first = sorted(made, key=lambda rule: (rule["pri"], rule["id"]))
    return {
        "rules": [_build_rule(rule) for rule in best_first],
        "messages": [
            {"text": text, "facts": facts, "wanted": _find_wanted(oracle(made, text, facts))}
            for text, facts in drawn
        ],
    }


def _build_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """Phrases any of which must be said, phrases that must not, and tests on facts."""
    split: dict[str, list[Any]] = {"text": [], "without": [], "tests": []}
    for kind, *rest in rule["all"]:
        match kind:
            case "text":
                split["text"] += rest[0]
            case "not_text":
                split["without"] += rest[0]
            case _:
                split["tests"].append([rest[0], kind, rest[1]])
    return {"name": f"r{rule['id']}", **split}


def _find_wanted(winners: list[tuple[int, int]]) -> str | None:
    return f"r{winners[0][1]}" if winners else None


def write_workload(path: Path, *, rules: int, messages: int) -> None:
    path.write_text(json.dumps(build_workload(rules=rules, messages=messages)), encoding="utf-8")


def read_workload(path: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return data
