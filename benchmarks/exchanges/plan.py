"""What visitors say: signed facts and questions of the shared workload, each answered by a rule."""

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.engine.workload import Raw, Workload, build_situation
from rules.decision import decide
from rules.evaluator import Evaluator, build_evaluator

SECRET = "only-for-benchmarks" * 2
RULES = 1_000
VISITORS = 64  # kinds of visitor; sockets share them in turn
TEXTS = 12  # of one visitor, each answered by another rule
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the site vouches for, and what this visitor asks in turn."""

    facts: dict[str, Any]
    texts: Sequence[str]

    def build_hello(self) -> dict[str, Any]:
        from chatbot.conversations.identity import sign_identity

        fields = {**self.facts, "expires": int(time.time()) + DAY}
        identity = {**fields, "signature": sign_identity(fields=fields, secret=SECRET)}
        return {"type": "hello", "site": "default", "identity": identity}


def find_visitors(workload: Workload, count: int = VISITORS) -> list[Visitor]:
    """Visitors whose facts alone move no rule, and texts that then do."""
    evaluator = build_evaluator(workload.build_rulebook())
    pool = workload.draw(4_000)
    visitors: list[Visitor] = []
    for _, facts in pool:
        if len(visitors) == count:
            break
        if _find_rule(evaluator, ("nothing of that kind", facts)) is None:
            texts = _find_texts(evaluator, facts, pool[len(visitors) :: 7])
            if len(texts) == TEXTS:
                visitors.append(Visitor({"id": f"visitor {len(visitors)}", **facts}, texts))
    return visitors


def _find_texts(evaluator: Evaluator, facts: dict[str, Any], pool: Sequence[Raw]) -> list[str]:
    found: dict[str, str] = {}
    for text, _ in pool:
        rule = _find_rule(evaluator, (text, facts))
        if rule is not None:
            found.setdefault(rule, text)
        if len(found) == TEXTS:
            break
    return list(found.values())


def _find_rule(evaluator: Evaluator, raw: Raw) -> str | None:
    return decide(evaluator, build_situation(raw)).rule


def build_askers(visitors: Sequence[Visitor], count: int) -> list[Visitor]:
    """Signed-in visitors whose questions no rule answers: the model has to."""
    facts = visitors[0].facts
    texts = [f"nothing of that kind {number}" for number in range(TEXTS)]
    return [Visitor({**facts, "id": f"asker {number}"}, texts) for number in range(count)]


def multiply(visitors: Sequence[Visitor], count: int) -> list[Visitor]:
    """As many visitors, each with a name of its own, for limits count by it."""
    chosen = itertools.islice(itertools.cycle(visitors), count)
    return [
        Visitor({**visitor.facts, "id": f"visitor {number}"}, visitor.texts)
        for number, visitor in enumerate(chosen)
    ]


def write_plan(path: Path, visitors: Sequence[Visitor]) -> Path:
    """The form that load.c reads."""
    lines = []
    for visitor in visitors:
        lines.append(f"H {json.dumps(visitor.build_hello())}")
        lines += [f"T {json.dumps(text, ensure_ascii=False)}" for text in visitor.texts]
    path.write_text("\n".join(lines) + "\n")
    return path
