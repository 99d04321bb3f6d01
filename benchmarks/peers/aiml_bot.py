"""AIML 1.0 by python-aiml: four patterns a phrase (alone, first, last, amid), nested conditions.

What it cannot say: priorities between phrases (the order of its pattern tree decides), "unless
the message also says …", regular expressions, and trying the next phrase when a condition fails.
"""

import importlib
import re
import tempfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.peers.flags import Flags, name_flag
from benchmarks.peers.stopwatch import Decide, run

aiml: Any = importlib.import_module("aiml")


def build(rules: list[dict[str, Any]]) -> Decide:
    kernel = aiml.Kernel()
    kernel.verbose(False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.aiml"
        path.write_text(_write_aiml(rules), encoding="utf-8")
        kernel.learn(str(path))
    flags = Flags(rules)

    def answer(text: str, facts: dict[str, Any]) -> str | None:
        for name, value in flags.compute(facts).items():
            kernel.setPredicate(name, value)
        said = kernel.respond(text).split()
        return said[0] if said else None

    return answer


def _write_aiml(rules: list[dict[str, Any]]) -> str:
    silent = "".join(_write_rule(rule) for rule in rules if not rule["text"])
    categories = [_write_category("WHATEVERISSAID", silent)]
    for phrase, group in _group_by_phrase(rules).items():
        template = "".join(map(_write_rule, group)) + "<srai>WHATEVERISSAID</srai>"
        patterns = (phrase, f"* {phrase}", f"{phrase} *", f"* {phrase} *")
        categories += [_write_category(pattern, template) for pattern in patterns]
    categories.append(_write_category("*", "<srai>WHATEVERISSAID</srai>"))
    body = "\n".join(categories)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<aiml version="1.0">\n{body}\n</aiml>\n'


def _group_by_phrase(rules: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        for expression in dict.fromkeys(rule["text"]):
            words = re.findall(r"[^\W\d_]{2,}", expression)
            patterned = expression.startswith("/")
            phrase = " * ".join(words) if patterned else expression
            groups.setdefault(phrase.upper(), []).append(rule)
    return groups


def _write_rule(rule: dict[str, Any]) -> str:
    """Conditions nest, the innermost says the rule's name; the first name said counts."""
    said = f"{rule['name']} "
    for test in reversed(rule["tests"]):
        name, value = name_flag(test)
        said = f'<condition name="{name}" value="{escape(value)}">{said}</condition>'
    return said


def _write_category(pattern: str, template: str) -> str:
    return (
        f"<category><pattern>{escape(pattern)}</pattern><template>{template}</template></category>"
    )


if __name__ == "__main__":
    run(build)
