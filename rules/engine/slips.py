"""Slips: which words of an index a mistyped word may stand for.

Two words that are at most so many slips apart become equal when as many letters are left out
of each: what is left of the index's words is kept, what is left of a message's is looked up.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from rules.language.typos import MAX_TYPOS

MAX_REMEMBERED = 4_096  # words of messages; people say the same ones
MAX_INDEXED = 24  # letters of a word: what is left of a longer one in all ways is too much to keep

Near = tuple[tuple[str, int], ...]  # words of the index, and how many slips away each is


def build_finder(budgets: Mapping[str, int]) -> Callable[[str], Near]:
    """A function from a word to the words near it; `budgets` says how near for each."""
    long = [word for word in budgets if len(word) > MAX_INDEXED]
    indexes = {
        most: _build_index((word for word in budgets.keys() - long if budgets[word] == most), most)
        for most in sorted(set(budgets.values()))
    }
    lengths = {
        len(word) + off for word, budget in budgets.items() for off in range(-budget, budget + 1)
    }

    @lru_cache(maxsize=MAX_REMEMBERED)
    def find_near(word: str) -> Near:
        if len(word) not in lengths:
            return ()
        candidates = {each for each in long if abs(len(each) - len(word)) <= budgets[each]}
        for most, index in indexes.items() if len(word) <= MAX_INDEXED + MAX_TYPOS else ():
            for left in _shorten(word, most):
                candidates.update(index.get(left, ()))
        near = ((each, count_slips(word, each)) for each in candidates)
        return tuple((each, slips) for each, slips in near if slips <= budgets[each])

    return find_near


def _build_index(words: Iterable[str], most: int) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for left in _shorten(word, most):
            index[left].append(word)
    return dict(index)


def _shorten(word: str, most: int) -> set[str]:
    """The word and whatever is left of it when up to so many letters are left out."""
    found = fresh = {word}
    for _ in range(most):
        fresh = {left[:at] + left[at + 1 :] for left in fresh for at in range(len(left))}
        found = found | fresh
    return found


def count_slips(one: str, other: str) -> int:
    """Optimal string alignment: letters left out, added, changed, or swapped with a neighbour."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            least = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                least = min(least, before[column - 2] + 1)
            line.append(least)
        before, above = above, line
    return above[-1]
