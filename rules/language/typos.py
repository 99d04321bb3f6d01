"""Typos: which words may stand for another, counted in slips of a key.

A slip leaves out, adds or changes one letter or swaps two neighbours, each letter at most once
(optimal string alignment distance).
"""

MAX_TYPOS = 2
_SHORTEST = {1: 4, 2: 8}  # letters a word needs for so many slips, lest it becomes another word


def find_shortest(slips: int) -> int:
    """The length of the shortest word that may forgive so many slips."""
    return _SHORTEST[slips]
