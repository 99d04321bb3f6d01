"""Texts that a regular expression finds, made from its own letters and tried before use."""

import itertools
import re
from dataclasses import dataclass

from rules.language.patterns import Pattern

_MOST = 40  # texts kept at every step
_CLASSES = {
    "d": "1", "D": "a", "w": "a", "W": " ", "s": " ", "S": "a",
    "b": "", "B": "", "A": "", "z": "",
    "n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a",
}  # fmt: skip
_SPACES = re.compile(r"\s+")
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[imsU-]*:)|\?[imsU-]+\)|)")
_UNICODE = re.compile(r"[pP](?:\{\^?\w+\}|\w)")


def find_samples(pattern: Pattern, *, most: int = 5) -> tuple[str, ...]:
    """Texts that it does find, tidy ones first; none where none could be made."""
    drafts = _Sampler(pattern.expression).read_all()
    tried = itertools.chain.from_iterable((_tidy(each), each) for each in drafts)
    found = (each for each in dict.fromkeys(tried) if each.strip() and pattern.matches(each))
    return tuple(itertools.islice(found, most))


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


@dataclass(slots=True)
class _Sampler:
    """Reads an expression from left to right and keeps a few texts for each part."""

    expression: str
    at: int = 0

    def read_all(self) -> list[str]:
        found = self._read_choice()
        while self.at < len(self.expression):  # a bracket without a partner: leave it out
            self.at += 1
            found = _join(found, self._read_choice())
        return found

    def _read_choice(self) -> list[str]:
        branches = [self._read_branch()]
        while self._peek() == "|":
            self.at += 1
            branches.append(self._read_branch())
        turns = itertools.zip_longest(*branches)
        return [each for turn in turns for each in turn if each is not None][:_MOST]

    def _read_branch(self) -> list[str]:
        found = [""]
        while self.at < len(self.expression) and self._peek() not in "|)":
            found = _join(found, self._read_repeat(self._read_atom()))
        return found

    def _peek(self) -> str:
        return self.expression[self.at : self.at + 1]

    def _read_atom(self) -> list[str]:
        character = self._peek()
        if character == "(":
            return self._read_group()
        if character == "[":
            return self._read_class()
        self.at += 1
        if character == "\\":
            return self._read_escape()
        return [""] if character in "^$" else ["a" if character == "." else character]

    def _read_group(self) -> list[str]:
        opening = _GROUP.match(self.expression, self.at)
        self.at = opening.end() if opening else self.at + 1
        if opening and opening[0].endswith(")"):  # flags alone
            return [""]
        found = self._read_choice()
        self.at += 1
        return found

    def _read_escape(self) -> list[str]:
        if named := _UNICODE.match(self.expression, self.at):
            self.at = named.end()
            return [{"L": "a", "N": "1", "P": "."}.get(named[0].strip("pP{}^")[:1], "a")]
        character = self._peek()
        self.at += 1
        return [_CLASSES.get(character, character)]

    def _read_class(self) -> list[str]:
        self.at += 1
        negated = self._peek() == "^"
        self.at += negated
        members: list[str] = []
        while self._peek() and (self._peek() != "]" or not members):
            if self.expression.startswith("[:", self.at):
                self.at = self.expression.find(":]", self.at) + 2 or len(self.expression)
                members += ["a", "1"]
            elif self._peek() == "\\":
                self.at += 1
                members += self._read_escape()
            else:
                members.append(self._peek())
                self.at += 1
        self.at += 1
        if negated:
            return [each for each in "a1 .-" if each not in members][:1] or [""]
        return [*dict.fromkeys(each for each in members if each)][:3] or [""]

    def _read_repeat(self, atom: list[str]) -> list[str]:
        mark = self._peek()
        count = _COUNT.match(self.expression, self.at)
        if mark in {"?", "*", "+"} and mark:
            self.at += 1
            found = [*atom, ""] if mark != "+" else atom
        elif count:
            self.at = count.end()
            found = [each * min(int(count[1]) or 1, 200) for each in atom]
        else:
            return atom
        self.at += self._peek() == "?"
        return found


def _join(left: list[str], right: list[str]) -> list[str]:
    """Each with each, the first with the first before anything else."""
    pairs = sorted(itertools.product(range(len(left)), range(len(right))), key=sum)
    return [left[one] + right[other] for one, other in pairs[:_MOST]]
