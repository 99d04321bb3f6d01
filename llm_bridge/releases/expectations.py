"""What a case asks of its answer: words or expressions in it, others not in it, an action."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import re2

from llm_bridge.values import Action

MAX_LINES = 20
MAX_LINE = 300  # characters

_MAX_MEMORY = 1 << 20  # bytes, for one expression
_ACTIONS = {Action.CONTINUE: "an answer", Action.CLARIFY: "a question back"}


class ExpectationError(ValueError):
    """A line that cannot be looked for, in one sentence."""


@dataclass(frozen=True, slots=True)
class Expected:
    """All of `must_say` and none of `must_not_say`; an empty action is any.

    A line is words, found whatever their case and as whole words, or `/an expression/` for RE2.
    """

    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()
    action: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def parse_expected(raw: Mapping[str, Any]) -> Expected:
    """From `to_json`'s form; raises ExpectationError."""
    expected = Expected(
        must_say=parse_lines(raw.get("must_say", ())),
        must_not_say=parse_lines(raw.get("must_not_say", ())),
        action=str(raw.get("action", "")),
    )
    if expected.action and expected.action not in set(Action):
        raise ExpectationError(f"“{expected.action}” is no action: {', '.join(Action)} are.")
    return expected


def parse_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines that can be looked for, without the empty ones; raises ExpectationError."""
    parsed = tuple(line.strip() for line in lines if line.strip())
    if len(parsed) > MAX_LINES:
        raise ExpectationError(f"At most {MAX_LINES} lines.")
    for line in parsed:
        _check_line(line)
    return parsed


def _check_line(line: str) -> None:
    if len(line) > MAX_LINE:
        raise ExpectationError(f"A line has at most {MAX_LINE} characters.")
    if (expression := _find_expression(line)) is not None:
        _compile(expression)
    elif not _split_words(line):
        raise ExpectationError(f"“{line}” has no word to look for.")


def find_problems(expected: Expected, *, text: str, action: str) -> Iterator[str]:
    """Why an answer does not pass, a sentence each; none for one that does."""
    if expected.action and action != expected.action:
        wanted = _ACTIONS.get(Action(expected.action), "a handover")
        got = _ACTIONS.get(Action(action), "a handover")
        yield f"It should be {wanted} and is {got}."
    for line in expected.must_say:
        if not says(text, line):
            yield f"It does not say “{line}”."
    for line in expected.must_not_say:
        if says(text, line):
            yield f"It says “{line}”."


def says(text: str, line: str) -> bool:
    if (expression := _find_expression(line)) is not None:
        return _compile(expression).search(_clean(text)) is not None
    words, looked_for = _split_words(text), _split_words(line)
    return f" {' '.join(looked_for)} " in f" {' '.join(words)} "


def split_words(text: str) -> tuple[str, ...]:
    """The words of a text, whatever their case, without punctuation."""
    return tuple(_split_words(text))


def _split_words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.findall(r"\w+(?:['.,:]\w+)*", folded)


def _find_expression(line: str) -> str | None:
    return line[1:-1] if len(line) > 2 and line[0] == line[-1] == "/" else None


def _compile(expression: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    options.case_sensitive = False
    try:
        return re2.compile(_clean(expression), options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise ExpectationError(f"/{expression}/ cannot be read: {said}.") from error


def _clean(text: str) -> str:
    """RE2 takes no lone surrogates."""
    return text.encode("utf-8", "replace").decode()
