r"""Regular expressions: RE2 only, linear in the text, and the literal a match must contain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import re2

_MAX_MEMORY = 2 << 20  # bytes, for one compiled pattern and its automaton
_MIN_LITERAL = 2  # a shorter literal is in almost every message

# A pattern that finds nothing, somewhere in one of these, would find nothing everywhere.
_PROBES = ("", "a", " ", "a b-1\n\u00e9")


class PatternError(ValueError):
    """A sentence that says why an expression cannot be used."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An RE2 expression; equal when written alike."""

    expression: str
    compiled: Any = field(compare=False, repr=False)

    def matches(self, text: str) -> bool:
        """Whether it is found anywhere in the text as written (no lone surrogates)."""
        return self.compiled.search(text) is not None

    def find_spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Non-overlapping matches from left to right, empty ones left out."""
        for match in self.compiled.finditer(text):
            start, end = match.span()
            if start < end:
                yield start, end


def parse_pattern(expression: str) -> Pattern:
    """Compile an expression; `PatternError` carries RE2's own reason."""
    try:
        compiled = re2.compile(expression, _build_options())
    except re2.error as error:
        reason = error.args[0] if error.args else b""
        detail = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise PatternError(f"RE2 cannot read `{expression}`: {detail}") from error
    except UnicodeEncodeError as error:
        raise PatternError("the pattern holds a lone surrogate") from error
    for probe in _PROBES:
        if any(match.start() == match.end() for match in compiled.finditer(probe)):
            raise PatternError(f"`{expression}` matches everything: it can match the empty text")
    return Pattern(expression=expression, compiled=compiled)


def _build_options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    return options


# RE2 folds an ASCII letter to its other case and nothing else, but for these two.
_FOLDS = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)} | {0x212A: "k", 0x017F: "s"}


def fold_case(text: str) -> str:
    """ASCII letters and what RE2 takes for one of them in lower case, the rest as it was."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


_FLAGS = re.compile(r"\(\?([imsU]+)\)")
_REPEAT = re.compile(r"\{\d+(?:,\d*)?\}")
_PLAIN_GROUP = re.compile(r"\((?:\?:|\?P?<\w+>|(?!\?))")
_NO_LITERAL = frozenset("dDwWsSbBAzntrfva")  # after a backslash: stands for no fixed character


def find_literal(expression: str) -> str | None:
    """The longest of its literals, or None."""
    return next(iter(find_literals(expression)), None)


def find_literals(expression: str) -> tuple[str, ...]:
    """Folded texts (`fold_case`) that every text with a match contains, folded; longest first.

    Only what stands outside groups and classes is used, and whatever is not understood
    for certain gives none, so a literal is never wrong, at worst missing.
    """
    flags = _FLAGS.match(expression)
    scan = _LiteralScan(
        expression=expression,
        at=flags.end() if flags else 0,
        ascii_only=bool(flags and "i" in flags[1]),
    )
    long = (run for run in scan.find_runs() if len(run) >= _MIN_LITERAL)
    return tuple(map(fold_case, sorted(long, key=len, reverse=True)))


class _NotUnderstoodError(Exception):
    """The expression uses something the scan does not follow."""


@dataclass(slots=True)
class _LiteralScan:
    expression: str
    at: int
    ascii_only: bool
    depth: int = 0
    run: str = ""
    runs: list[str] = field(default_factory=list)

    def find_runs(self) -> list[str]:
        try:
            while self.at < len(self.expression):
                self._step(self.expression[self.at])
        except _NotUnderstoodError:
            return []
        self._flush()
        return self.runs if self.depth == 0 else []

    def _step(self, character: str) -> None:
        if character == "\\":
            self._escape()
        elif character == "[":
            self._skip_class()
        elif character in "()":
            self._bracket(character)
        elif character in "*+?{":
            self._repeat(character)
        else:
            self._plain(character)

    def _plain(self, character: str) -> None:
        self.at += 1
        if character == "|" and self.depth == 0:
            raise _NotUnderstoodError
        if character in ".^$|":
            self._flush()
        else:
            self._add(character)

    def _add(self, character: str) -> None:
        if self.ascii_only and not character.isascii():
            self._flush()
        elif self.depth == 0:
            self.run += character

    def _flush(self) -> None:
        self.runs.append(self.run)
        self.run = ""

    def _escape(self) -> None:
        following = self.expression[self.at + 1 : self.at + 2]
        self.at += 2
        if following in _NO_LITERAL and following:
            self._flush()
        elif following.isascii() and following.isprintable() and not following.isalnum():
            self._add(following)
        else:
            raise _NotUnderstoodError

    def _skip_class(self) -> None:
        self._flush()
        self.at += 1
        self.at += self.expression.startswith("^", self.at)
        self.at += self.expression.startswith("]", self.at)
        while (character := self.expression[self.at : self.at + 1]) != "]":
            if not character or character == "[":
                raise _NotUnderstoodError
            self.at += 2 if character == "\\" else 1
        self.at += 1

    def _bracket(self, character: str) -> None:
        self._flush()
        if character == ")":
            self.depth -= 1
            self.at += 1
        else:
            opening = _PLAIN_GROUP.match(self.expression, self.at)
            if opening is None:
                raise _NotUnderstoodError
            self.depth += 1
            self.at = opening.end()
        if self.depth < 0:
            raise _NotUnderstoodError

    def _repeat(self, character: str) -> None:
        """What may occur no times is no literal; what repeats ends one."""
        if character != "+":
            self.run = self.run[:-1]
        self._flush()
        repeat = _REPEAT.match(self.expression, self.at)
        if character == "{" and repeat is None:
            raise _NotUnderstoodError
        self.at = repeat.end() if repeat else self.at + 1
        self.at += self.expression.startswith("?", self.at)  # lazy
        if self.expression[self.at : self.at + 1] in {"*", "+", "?", "{"}:
            raise _NotUnderstoodError
