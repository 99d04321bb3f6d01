"""How many slips of a key make one word of another."""


def count_slips(one: str, other: str) -> int:
    """Letters left out, added, changed, or swapped with their neighbour, each edited at most once
    (the optimal string alignment distance, by its textbook table)."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for column, wanted in enumerate(other, start=1):
            changed = above[column - 1] + (letter != wanted)
            cost = min(above[column] + 1, here[column - 1] + 1, changed)
            if row > 1 and column > 1 and (one[row - 2], letter) == (wanted, other[column - 2]):
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        before, above = above, here
    return above[-1]


def is_meant(wanted: str, word: str, slips: int) -> bool:
    """Whether a word is the wanted one, with at most so many slips."""
    if wanted == word:
        return True
    return slips > 0 and abs(len(wanted) - len(word)) <= slips >= count_slips(wanted, word)
