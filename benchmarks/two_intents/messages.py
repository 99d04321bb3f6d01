"""Single wishes from the shared data sets, split for good, and pairs of them joined."""

import gzip
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
JOINTS = (" and ", ". ", ", also ", "; ", " and then ", ". One more thing: ")


@dataclass(frozen=True, slots=True)
class Wish:
    """One message that wants one thing, by the word of those who made the set."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two wishes of different intents in one message."""

    text: str
    intents: frozenset[str]


def read_wishes(path: str) -> tuple[Wish, ...]:
    """Every row of a set's file, such as `bitext20k/train.jsonl.gz`."""
    with gzip.open(DATA / path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return tuple(Wish(text=row["text"], intent=row["label"]) for row in rows)


def is_held_out(wish: Wish) -> bool:
    """Half of all texts, always the same: the rulebook's author has read only the others."""
    return hashlib.sha256(wish.text.encode()).digest()[0] % 2 == 1


def read_held_out(name: str) -> tuple[Wish, ...]:
    """The half of a set's training file that no rule was written from."""
    return tuple(wish for wish in read_wishes(f"{name}/train.jsonl.gz") if is_held_out(wish))


def join_pairs(wishes: Sequence[Wish], *, count: int, seed: int) -> Iterator[Pair]:
    """Pairs drawn by row: frequent intents meet as often as in the set."""
    random_ = random.Random(seed)
    while count:
        first, second = random_.choice(wishes), random_.choice(wishes)
        if first.intent != second.intent:
            yield _join(first, second, random_)
            count -= 1


def join_even_pairs(wishes: Sequence[Wish], *, count: int, seed: int) -> Iterator[Pair]:
    """Pairs drawn by intent: every two intents are equally likely to meet."""
    random_ = random.Random(seed)
    texts: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        texts[wish.intent].append(wish)
    for _ in range(count):
        first, second = random_.sample(sorted(texts), 2)
        yield _join(random_.choice(texts[first]), random_.choice(texts[second]), random_)


def _join(first: Wish, second: Wish, random_: random.Random) -> Pair:
    return Pair(
        text=first.text + random_.choice(JOINTS) + second.text,
        intents=frozenset({first.intent, second.intent}),
    )
