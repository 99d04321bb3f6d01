"""`python -m benchmarks.two_intents`: the tables of benchmarks/README.md, as Markdown."""

import argparse
from collections.abc import Mapping, Sequence

from benchmarks.two_intents.measure import (
    Pairs,
    Singles,
    build_support_evaluator,
    measure_pairs,
    measure_singles,
)
from benchmarks.two_intents.messages import (
    Wish,
    join_even_pairs,
    join_pairs,
    read_held_out,
    read_wishes,
)

SEED = 20261122


def read_sets() -> Mapping[str, Sequence[Wish]]:
    """What no rule was written from; Bitext's own validation and test splits apart."""
    official = (
        *read_wishes("bitext2022/val.jsonl.gz"),
        *read_wishes("bitext2022/test.jsonl.gz"),
    )
    return {
        "bitext20k, held-out half": read_held_out("bitext20k"),
        "bitext2022, held-out half": read_held_out("bitext2022"),
        "bitext2022, official validation and test": official,
    }


def read_foreign_sets() -> Mapping[str, Sequence[Wish]]:
    """Single wishes of other trades: the rulebook should leave them alone."""
    return {
        "BANKING77": read_wishes("banking77/train.jsonl.gz"),
        "CLINC150": read_wishes("clinc150/train.jsonl.gz"),
        "HWU64": read_wishes("hwu64/train.jsonl.gz"),
    }


def show_singles(name: str, singles: Singles) -> None:
    shares = (singles.touched, singles.coverage, singles.precision)
    print(f"| {name} | {singles.count:,} |", *(f"{share:.1%} |" for share in shares))


def show_pairs(name: str, pairs: Pairs) -> None:
    shares = (
        pairs.noticed,
        pairs.two_intents,
        pairs.no_match,
        pairs.both_answered,
        pairs.one_answered,
    )
    print(f"| {name} | {pairs.count:,} |", *(f"{share:.1%} |" for share in shares))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--engine", choices=("durable", "reference"), default="durable")
    options = parser.parse_args()
    evaluator = build_support_evaluator(options.engine)
    sets = read_sets()
    print("| single wishes | messages | touched | coverage | precision |\n|---|---|---|---|---|")
    for name, wishes in sets.items():
        show_singles(name, measure_singles(evaluator, wishes))
    print("\n| other trades | messages | touched | answered |\n|---|---|---|---|")
    for name, wishes in read_foreign_sets().items():
        singles = measure_singles(evaluator, wishes)
        print(f"| {name} | {singles.count:,} | {singles.touched:.1%} | {singles.coverage:.1%} |")
    print("\n| joined pairs | pairs | noticed | two_intents | no match | both | one only |")
    print("|---|---|---|---|---|---|---|")
    for name, wishes in sets.items():
        pairs = join_pairs(wishes, count=options.pairs, seed=SEED)
        show_pairs(name, measure_pairs(evaluator, pairs))
        pairs = join_even_pairs(wishes, count=options.pairs, seed=SEED)
        show_pairs(f"{name}, every intent alike", measure_pairs(evaluator, pairs))


if __name__ == "__main__":
    main()
