"""RiveScript: a trigger per phrase, weighted by its best rule, and conditions on variables.

What it cannot say: "unless the message also says …", and "if this rule's conditions fail, try
the next phrase in the message". Patterns become its nearest wildcards.
"""

import importlib
import re
from typing import Any

from benchmarks.peers.flags import Flags, name_flag
from benchmarks.peers.stopwatch import Decide, run

USER = "visitor"

rivescript: Any = importlib.import_module("rivescript")


def build(rules: list[dict[str, Any]]) -> Decide:
    bot = rivescript.RiveScript(utf8=True)
    bot.stream("\n".join(_write_script(rules)))
    bot.sort_replies()
    flags = Flags(rules)

    def answer(text: str, facts: dict[str, Any]) -> str | None:
        bot.set_uservars(USER, flags.compute(facts))
        reply = bot.reply(USER, text)
        return reply if reply.startswith("r") else None

    return answer


def _write_script(rules: list[dict[str, Any]]) -> list[str]:
    lines = ["! version = 2.0"]
    groups = _group_by_trigger(rules)
    for weight, (trigger, group) in zip(range(len(groups), 0, -1), groups.items(), strict=True):
        lines += ["", f"+ {trigger}{{weight={weight}}}", *map(_write_condition, group)]
        lines.append("- {@whatever is said}")
    silent = [rule for rule in rules if not rule["text"]]
    for trigger in ("whatever is said", "*"):
        lines += ["", f"+ {trigger}", *map(_write_condition, silent), "- none"]
    return lines


def _group_by_trigger(rules: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rules arrive best first, so each group is in order and the groups by their best."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        for expression in dict.fromkeys(rule["text"]):
            groups.setdefault(_write_trigger(expression), []).append(rule)
    return groups


def _write_trigger(expression: str) -> str:
    if not expression.startswith("/"):
        return f"[*] {expression} [*]"
    first, *second = re.findall(r"[^\W\d_]{2,}", expression)
    return f"[*] {first} [*] {second[0]} [*]" if second else f"[*] {first} # [*]"


def _write_condition(rule: dict[str, Any]) -> str:
    """A condition compares one text with another, so all tests go into one pair of texts."""
    pairs = [name_flag(test) for test in rule["tests"]]
    if not pairs:
        return f"* yes == yes => {rule['name']}"
    left = "/".join(f"<get {name}>" for name, _ in pairs)
    right = "/".join(value for _, value in pairs)
    return f"* {left} == {right} => {rule['name']}"


if __name__ == "__main__":
    run(build)
