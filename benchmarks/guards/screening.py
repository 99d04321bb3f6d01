"""The screening: attacks caught, harmless questions blocked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.guards.measuring import Row, Stopwatch
from benchmarks.guards.messages import Labelled, has, is_held_out, read_attacks, read_customers
from benchmarks.guards.wordings import HELD_OUT_LOOK_ALIKES
from llm_bridge.guards.screening.judgement import find_order

CUSTOMERS = 20_000


def measure() -> Iterator[Row]:
    """What was never learnt from; the training split only to compare, and marked as such."""
    watch = Stopwatch()
    splits = [split for split in ("test", "train") if has(f"prompt_injection/{split}.jsonl.gz")]
    for split in splits:
        yield from _measure_split(split, watch)
    customers = [text for text in read_customers() if is_held_out(text)][:CUSTOMERS]
    yield _build_row("customers, held out", (), customers, watch)
    yield _build_row("look-alikes of ours, held out", (), HELD_OUT_LOOK_ALIKES, watch)


def _measure_split(split: str, watch: Stopwatch) -> Iterator[Row]:
    rows = read_attacks(split)
    learnt = " (learnt from)" if split == "train" else ""
    for source in dict.fromkeys(row.source for row in rows):
        mine = [row for row in rows if row.source == source]
        attacks = [row.text for row in mine if _is_attack(row)]
        harmless = [row.text for row in mine if not _is_attack(row)]
        yield _build_row(f"{source}, {split}{learnt}", attacks, harmless, watch)


def _is_attack(row: Labelled) -> bool:
    return row.label != "benign"


def _build_row(name: str, attacks: Sequence[str], harmless: Sequence[str], watch: Stopwatch) -> Row:
    caught = sum(bool(watch.time(find_order, text)) for text in attacks)
    blocked = sum(bool(watch.time(find_order, text)) for text in harmless)
    return Row(
        guard="screening",
        what=name,
        caught=(caught, len(attacks)),
        blocked=(blocked, len(harmless)),
        watch=watch,
    )
