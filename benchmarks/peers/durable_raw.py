"""durable-rules as its documentation shows: one ruleset by `durable.lang`, text by `matches`.

What it cannot say: "unless the message also says …". Phrases that its regular expressions refuse
(error 503 where the beginning of a word repeats itself) are left out beforehand. What it does
with many rules is what this run shows; ../shared/ENGINE.md lists its limits.
"""

import importlib
import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from operator import and_, or_
from typing import Any

from benchmarks.peers.stopwatch import Decide, run

RULESET = "support"

lang: Any = importlib.import_module("durable.lang")
engine: Any = importlib.import_module("durable.engine")
core: Any = importlib.import_module("durable_rules_engine")


def build(rules: list[dict[str, Any]]) -> Decide:
    fired: list[str] = []
    with lang.ruleset(RULESET):
        for rank, rule in enumerate(_leave_out_refused(rules)):
            lang.when_all(lang.pri(rank), _write_condition(rule, lang.m))(_note(rule, fired))
    lang.get_host()  # the ruleset is made when the host is first asked for
    failures = (engine.MessageNotHandledException, core.error)

    def answer(text: str, facts: dict[str, Any]) -> str | None:
        fired.clear()
        try:
            lang.post(RULESET, {"text": text, **facts})
        except failures:  # nothing holds, or the engine could not take the message
            return None
        return fired[0] if fired else None

    return answer


def _leave_out_refused(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tried in another process, because a refused ruleset leaks its memory."""
    patterns = sorted({_write_pattern(each) for rule in rules for each in rule["text"]})
    with ProcessPoolExecutor(1) as other:
        refused = other.submit(_find_refused, patterns).result()
    kept = []
    for rule in rules:
        said = [each for each in rule["text"] if _write_pattern(each) not in refused]
        if said or not rule["text"]:
            kept.append({**rule, "text": said})
    print(f"{len(refused)} of {len(patterns)} patterns refused, {len(kept)} rules left")
    return kept


def _find_refused(patterns: Sequence[str]) -> set[str]:
    refused = set()
    for number, pattern in enumerate(patterns):
        definition = {"r": {"all": [{"m": {"$mt": {"text": pattern}}}]}}
        try:
            core.create_ruleset(f"p{number}", json.dumps(definition, ensure_ascii=False))
        except core.error:
            refused.add(pattern)
    return refused


def _note(rule: dict[str, Any], fired: list[str]) -> Callable[[Any], None]:
    def note(_context: Any) -> None:
        fired.append(rule["name"])

    return note


def _write_condition(rule: dict[str, Any], message: Any) -> Any:
    parts = [_write_test(test, message) for test in rule["tests"]]
    if rule["text"]:
        said = [message.text.matches(_write_pattern(each)) for each in rule["text"]]
        parts.append(reduce(or_, said))
    return reduce(and_, parts)


def _write_test(test: list[Any], message: Any) -> Any:
    fact, operator, operand = test
    value = getattr(message, fact)
    match operator:
        case "eq":
            return value == operand
        case "ne":
            return value != operand
        case "ge":
            return value >= operand
        case "le":
            return value <= operand
        case _:
            return reduce(or_, [value == each for each in operand])


def _write_pattern(expression: str) -> str:
    """Its own dialect matches the whole text; a pattern keeps its words."""
    words = re.findall(r"[^\W\d_]{2,}", expression)
    return f".*{'.*'.join(words) if expression.startswith('/') else expression}.*"


if __name__ == "__main__":
    run(build)
