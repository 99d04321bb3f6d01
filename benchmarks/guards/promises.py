"""How many promises are caught in seven languages, and how many real answers wrongly blocked."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

from benchmarks.guards import texts
from benchmarks.guards.rows import Row
from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.promises.guard import keep_promises
from llm_bridge.guards.verdicts import Passed, build_context
from llm_bridge.values import Source

SAMPLE = 400  # answers of Bitext; chosen by a fixed seed
PROMISES = Path(__file__).with_name("promises.txt")
POLICY = GuardPolicy(grounding=False)

Case = tuple[tuple[Source, ...], str]


def measure() -> list[Row]:
    """Promises without a source; articles' own sentences, and answers beside themselves."""
    return [
        _measure("caught: promises in seven languages", list(read_promises())),
        _measure("wrongly withheld: demo articles", list(_read_articles())),
        _measure("wrongly withheld: paraphrases", list(_read_paraphrases())),
        _measure("withheld: bitext2022 answers beside themselves", list(_read_answers())),
    ]


def read_promises() -> Iterator[Case]:
    """Hand-written promises beside an article that makes none of them."""
    article = texts.read_articles()["delivery"]
    for line in PROMISES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield (article,), line


def _read_articles() -> Iterator[Case]:
    for article in texts.read_articles().values():
        for sentence in texts.split_sentences(article.text):
            yield (article,), sentence


def _read_paraphrases() -> Iterator[Case]:
    articles = texts.read_articles()
    for name, _, text in texts.read_paraphrases():
        yield (articles[name],), text


def _read_answers() -> Iterator[Case]:
    rows = texts.read_jsonl("bitext2022/responses.jsonl.gz")
    for row in random.Random(6).sample(rows, min(SAMPLE, len(rows))):
        source = Source("", "", row["response"], 1.0, 1)
        for sentence in texts.split_sentences(row["response"]):
            yield (source,), sentence


def find_caught(cases: Sequence[Case]) -> Iterator[tuple[str, bool, float]]:
    """Each sentence, whether it was withheld, and the milliseconds it took."""
    for sources, sentence in cases:
        started = time.perf_counter()
        context = build_context(question="?", language="en", sources=sources, policy=POLICY)
        verdict = keep_promises(sentence, context)
        yield sentence, verdict != Passed(), (time.perf_counter() - started) * 1000


def _measure(what: str, cases: Sequence[Case]) -> Row:
    results = list(find_caught(cases))
    times = [ms for _, _, ms in results]
    return Row(
        guard="promises",
        what=what,
        caught=sum(caught for _, caught, _ in results),
        of=len(results),
        ms_p50=median(times) if times else 0.0,
        ms_p95=quantiles(times, n=20)[18] if len(times) > 1 else 0.0,
    )
