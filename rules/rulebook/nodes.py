"""A cursor over untrusted plain data that collects every problem with its place."""

import difflib
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rules.language.facts import Scalar, find_scalar_problem, has_surrogate

Path: TypeAlias = tuple[
    str | int | float | None, ...
]  # keys and positions from the root of the data

MAX_PROBLEMS = 100
_POSITION = re.compile(r"\[(\d+)\]")
_SHOWN = 60  # characters of a wrong value that a message repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where: `rules.greet.when.all[0].intent`, its line if one is known."""

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}" if self.line else self.sentence

    @property
    def sentence(self) -> str:
        """What people read: they count from 1, `rules.greet.then 1: …`."""
        if not self.path:
            return self.message
        place = _POSITION.sub(lambda found: f" {int(found[1]) + 1}", self.path)
        return f"{place}: {self.message}"


class RulebookError(ValueError):
    """A rulebook that cannot be used, with everything that was found wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def show_in(self, file: str) -> str:
        """One `file:line: what` a problem, which editors and terminals can jump to."""
        return "\n".join(
            f"{file}:{problem.line or 1}: {problem.sentence}" for problem in self.problems
        )


@dataclass(slots=True)
class Problems:
    """The problems found so far, as many as somebody will read."""

    lines: Mapping[Path, int] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return len(self.found) >= MAX_PROBLEMS

    def add(self, *, path: Path, label: str, message: str) -> None:
        if not self.full:
            line = self._find_line(path)
            self.found.append(Problem(path=label, line=line, message=message))

    def raise_if_any(self) -> None:
        if self.found:
            raise RulebookError(self.found)

    def _find_line(self, path: Path) -> int | None:
        """The line of the place itself, or of the nearest thing around it."""
        return next(
            (self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None
        )


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the data and its place; reading it wrongly adds a problem, never raises."""

    value: object
    problems: Problems
    path: Path = ()
    label: str = ""

    def fail(self, message: str) -> None:
        self.problems.add(path=self.path, label=self.label, message=message)

    def child(self, key: str | int, value: object) -> "Node":
        """What stands at a key or position."""
        if isinstance(key, int):
            shown = f"{self.label}[{key}]"
        else:
            shown = f"{self.label}.{key[:_SHOWN]}" if self.label else key[:_SHOWN]
        return Node(value=value, problems=self.problems, path=(*self.path, key), label=shown)

    def read_mapping(self, *, least: int = 0, most: int | None = None) -> dict[str, "Node"]:
        """The children by key; keys that are no text are problems and left out."""
        if not isinstance(self.value, Mapping):
            self.fail(f"expected a mapping, not {describe(self.value)}")
            return {}
        self._check_count(len(self.value), least=least, most=most)
        children = {}
        for key, value in itertools.islice(self.value.items(), most):
            if isinstance(key, str):
                children[key] = self.child(key, value)
            else:
                self.fail(f"the key {describe(key)} must be a text: put it in quotes")
        return children

    def read_fields(
        self,
        *,
        required: Collection[str] = (),
        optional: Collection[str] = (),
    ) -> dict[str, "Node"]:
        """The children with these keys; every other key, and a missing one, is a problem."""
        children = self.read_mapping()
        allowed = [*required, *optional]
        for key in [key for key in children if key not in allowed]:
            child = children.pop(key)
            child.fail(f"unknown key `{key[:_SHOWN]}`{self.suggest(key, allowed)}")
        for key in required:
            if isinstance(self.value, Mapping) and key not in self.value:
                self.fail(f"`{key}` is missing")
        return children

    def read_list(self, *, most: int, least: int = 0) -> list["Node"]:
        if not isinstance(self.value, list | tuple):
            self.fail(f"expected a list, not {describe(self.value)}")
            return []
        self._check_count(len(self.value), least=least, most=most)
        return [self.child(at, item) for at, item in enumerate(self.value[:most])]

    def _check_count(self, count: int, *, least: int, most: int | None) -> None:
        if count < least:
            self.fail(f"expected at least {least} of them, not {count}")
        elif most is not None and count > most:
            self.fail(f"expected at most {most} of them, not {count}")

    def read_text(self, *, most: int) -> str | None:
        """A text with something in it."""
        if not isinstance(self.value, str):
            hint = " (put it in quotes)" if isinstance(self.value, bool | int | float) else ""
            self.fail(f"expected a text, not {describe(self.value)}{hint}")
        elif not self.value.strip():
            self.fail("expected a text, and this one is empty")
        elif len(self.value) > most:
            self.fail(f"at most {most} characters are allowed, not {len(self.value)}")
        elif has_surrogate(self.value):
            self.fail("holds a lone surrogate, which is no character")
        else:
            return self.value
        return None

    def read_texts(self, *, most: int, each: int) -> tuple[str, ...]:
        texts = (item.read_text(most=each) for item in self.read_list(most=most))
        return tuple(text for text in texts if text is not None)

    def read_label(self) -> str | None:
        """A short name in any alphabet: a rule's, a tag's, a queue's."""
        text = self.read_text(most=100)
        if text is not None and not text.isprintable():
            self.fail("holds a character that cannot be seen")
            return None
        return text

    def read_labels(self, *, most: int) -> tuple[str, ...]:
        """One label, or a list of them."""
        several = isinstance(self.value, list | tuple)
        items = self.read_list(most=most, least=1) if several else [self]
        labels = (item.read_label() for item in items)
        return tuple(label for label in labels if label is not None)

    def read_scalar(self) -> Scalar | None:
        """A text, a number, true or false, small enough for a fact."""
        value = self.value
        if (problem := find_scalar_problem(value)) is None and isinstance(value, Scalar):
            return value
        self.fail(f"{describe(value)} {problem}")
        return None

    def read_number(self) -> int | float | None:
        value = self.read_scalar()
        if isinstance(value, str | bool):
            self.fail(f"expected a number, not {describe(value)}")
            return None
        return value

    def read_flag(self) -> bool | None:
        if isinstance(self.value, bool):
            return self.value
        self.fail(f"expected true or false, not {describe(self.value)}")
        return None

    def read_integer(self, *, least: int, most: int) -> int | None:
        value = self.value
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.fail(f"expected a whole number from {least} to {most}, not {describe(value)}")
        return None

    def read_known(self, kind: str, known: Collection[str]) -> str | None:
        """The name of something that exists."""
        if not isinstance(self.value, str):
            self.fail(f"expected the name of {kind}, not {describe(self.value)}")
        elif self.value not in known:
            shown = self.value[:_SHOWN]
            self.fail(f"there is no {kind} `{shown}`{self.suggest(self.value, known)}")
        else:
            return self.value
        return None

    def suggest(self, name: str, known: Collection[str]) -> str:
        """The nearest name, or the whole short list, as the end of a sentence."""
        if self.problems.full:
            return ""
        if near := difflib.get_close_matches(name[:100], known, n=1, cutoff=0.6):
            return f" (did you mean `{near[0]}`?)"
        if 0 < len(known) <= 12:
            return f" (there is {', '.join(f'`{each}`' for each in known)})"
        return ""


def iterate_named(node: Node | None, *, most: int) -> Iterator[tuple[str, Node]]:
    """The entries of a section that may be absent or empty."""
    if node is not None and node.value is not None:
        yield from node.read_mapping(most=most).items()


def describe(value: object) -> str:
    """A wrong value as a short noun phrase."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    if isinstance(value, int) and abs(value) > 10**_SHOWN:
        return "a huge number"
    return f"`{str(value)[:_SHOWN]}`"
