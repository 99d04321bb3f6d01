"""How many sentences without a ground are caught, and how many with one are wrongly withheld."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median, quantiles

from benchmarks.guards import texts
from benchmarks.guards.rows import Row
from llm_bridge.guards.grounding.ground import build_ground
from llm_bridge.guards.grounding.support import find_unsupported
from llm_bridge.values import Source

SAMPLE = 400  # answers of Bitext; chosen by a fixed seed

Case = tuple[tuple[Source, ...], str, str]  # sources, language, sentence
_Mutate = Callable[[str], Iterator[str]]
MUTATIONS: tuple[tuple[str, _Mutate], ...] = (
    ("figures", texts.mutate_numbers),
    ("units", texts.mutate_units),
    ("turned round", texts.turn_round),
    ("names", texts.swap_names),
)


def measure() -> list[Row]:
    """One row each for good texts wrongly withheld, and for each kind of mutation."""
    good = dict(build_good())
    rows = [_measure(f"wrongly withheld: {name}", cases) for name, cases in good.items()]
    demo = [*good["demo articles"], *good["paraphrases"]]
    for name, mutate in MUTATIONS:
        rows.append(_measure(f"caught: {name}", list(_mutate(demo, mutate))))
    rows.append(_measure("caught: of another article", list(_misplace(good["demo articles"]))))
    return rows


def build_good() -> Iterator[tuple[str, list[Case]]]:
    """Sentences that their sources support."""
    articles = texts.read_articles()
    yield (
        "demo articles",
        [
            ((article,), "en", sentence)
            for article in articles.values()
            for sentence in texts.split_sentences(article.text)
        ],
    )
    yield (
        "paraphrases",
        [((articles[name],), language, text) for name, language, text in texts.read_paraphrases()],
    )
    answers = texts.read_jsonl("bitext2022/responses.jsonl.gz")
    chosen = random.Random(6).sample(answers, min(SAMPLE, len(answers)))
    yield (
        "bitext2022 answers",
        [
            ((_as_source(row["response"]),), "en", sentence)
            for row in chosen
            for sentence in texts.split_sentences(row["response"])
        ],
    )
    yield "abcd agents", list(_read_agents())


def _read_agents() -> Iterator[Case]:
    """Beside what an agent has: the guidelines, the customer's record, what was said."""
    policies = tuple(texts.read_policies())
    for dialogue in texts.read_jsonl("abcd/dialogues.jsonl.gz"):
        record = Source("record", "", json.dumps(dialogue["scenario"]), 1.0, 0, kind="tool")
        said = ""
        for turn in dialogue["turns"]:
            if turn["role"] == "agent":
                yield (*policies, record, _as_source(said)), "en", turn["text"]
            said += f"{turn['text']}\n"


def _as_source(text: str) -> Source:
    return Source("", "", text, 1.0, 1)


def _mutate(cases: Iterable[Case], mutate: _Mutate) -> Iterator[Case]:
    for sources, language, sentence in cases:
        for mutated in mutate(sentence):
            yield sources, language, mutated


def _misplace(cases: Sequence[Case]) -> Iterator[Case]:
    """A sentence of one article beside another: nothing there says it."""
    for at, (_, language, sentence) in enumerate(cases):
        yield cases[(at + len(cases) // 2) % len(cases)][0], language, sentence


def find_caught(cases: Iterable[Case]) -> Iterator[tuple[Case, object, float]]:
    """Each case with what was found (None if it passes) and the milliseconds it took."""
    for case in cases:
        sources, language, sentence = case
        started = time.perf_counter()
        ground = build_ground(sources=sources, approved=(), claimed=("?",), language=language)
        found = find_unsupported(sentence, ground, language=language)
        yield case, found, (time.perf_counter() - started) * 1000


def _measure(what: str, cases: Sequence[Case]) -> Row:
    results = list(find_caught(cases))
    times = [ms for _, _, ms in results] or [0.0, 0.0]
    return Row(
        guard="grounding",
        what=what,
        caught=sum(found is not None for _, found, _ in results),
        of=len(results),
        ms_p50=median(times),
        ms_p95=quantiles(times, n=20)[18] if len(times) > 1 else times[0],
    )
