"""Misspellings: whether a word passes for another, and one that passes for that word alone."""

from collections.abc import Iterable, Iterator
from functools import lru_cache


@lru_cache(maxsize=65_536)
def count_slips(one: str, other: str) -> int:
    """Optimal string alignment: letters added, left out, changed or swapped with a neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [at]
        for to, wanted in enumerate(other, start=1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and (letter, one[at - 2]) == (other[to - 2], wanted):
                cost = min(cost, earlier[to - 2] + 1)
            row.append(cost)
    return row[-1]


def is_near(word: str, wanted: str, slips: int) -> bool:
    """Whether a word passes for another that forgives so many slips."""
    if slips == 0 or abs(len(word) - len(wanted)) > slips:
        return word == wanted
    return count_slips(word, wanted) <= slips


def find_misspelling(word: str, words: Iterable[str]) -> str | None:
    """A word one slip away that none of the other words is as near to."""
    others = [each for each in words if each != word and abs(len(each) - len(word)) < 5]
    for wrong in _find_wrong(word):
        if wrong != word and all(count_slips(wrong, each) > 2 for each in others):
            return wrong
    return None


def _find_wrong(word: str) -> Iterator[str]:
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in range(1, len(word)):
        yield word[:at] + word[at - 1] + word[at:]
