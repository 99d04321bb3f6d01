"""The shared sets that guards are measured on, read from where they lie."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MAX_LENGTH = 2_000  # as long as a visitor's message may be

_SINGLE = (
    "banking77",
    "banking77_oos",
    "bitext2022",
    "bitext20k",
    "clinc150",
    "hint3",
    "hwu64",
    "natcs",
)
_DIALOGUES = ("multidogo", "sgd", "taskmaster4", "twitter_care")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text of the injection set."""

    text: str
    label: str
    source: str


class NoData(Exception):
    """The shared sets are not beside the project."""


def read_rows(path: str) -> Iterator[dict[str, Any]]:
    """The rows of a set's file, such as `pii/train.jsonl.gz`; raises NoData."""
    try:
        with gzip.open(DATA / path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    except FileNotFoundError as error:
        raise NoData(path) from error


def has(path: str) -> bool:
    return (DATA / path).exists()


def read_attacks(split: str = "train") -> tuple[Labelled, ...]:
    rows = read_rows(f"prompt_injection/{split}.jsonl.gz")
    return tuple(Labelled(row["text"], row["label"], row["source"]) for row in rows)


@lru_cache(maxsize=1)
def read_customers() -> tuple[str, ...]:
    """What real customers wrote, each text once, in an order that says nothing."""
    texts = {text: None for text in _read_texts() if text and len(text) <= MAX_LENGTH}
    return tuple(sorted(texts, key=hash_text))


def _read_texts() -> Iterator[str]:
    for name in _SINGLE:
        for file in sorted((DATA / name).glob("*.jsonl.gz")):
            rows = read_rows(f"{name}/{file.name}")
            yield from (row["text"] for row in rows if "text" in row and "label" in row)
    for name in _DIALOGUES:
        for file in sorted((DATA / name).glob("*.jsonl.gz")):
            for row in read_rows(f"{name}/{file.name}"):
                yield from (turn["text"] for turn in row["turns"] if turn["role"] == "customer")


def hash_text(text: str) -> bytes:
    return sha256(text.encode("utf-8", "replace")).digest()


def is_held_out(text: str) -> bool:
    """Half of the customers' messages, always the same: nothing has learnt from them."""
    return hash_text(text)[0] % 2 == 1
