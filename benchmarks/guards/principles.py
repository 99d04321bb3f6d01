"""Whether principles are found where drafts break them, and nowhere else, and what that costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median, quantiles

from benchmarks.guards import texts
from benchmarks.guards.rows import Row
from llm_bridge.guards.keeping import keep_principles
from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.principles import Principle
from llm_bridge.guards.verdicts import Passed, build_context

COMPARING = Principle(
    name="No comparisons",
    text="Never compare us with other shops.",
    forbidden=("cheaper than", "better than", "/un?like (other|most) (shops|stores)/", "konkurr*"),
)
HEALING = Principle(
    name="No medical advice",
    text="Never give medical advice.",
    forbidden=("good for your health", "cure*", "diagnos*", "/(lower|reduce)s? your blood/"),
)
# As many as a site may have, so that what they cost is seen.
MANY = tuple(
    Principle(
        name=f"No {number}", text="…", forbidden=tuple(f"word{number}{at}" for at in range(10))
    )
    for number in range(28)
)
BREAKING = (
    "We are cheaper than Acme.",
    "Our kettles are **better** than those of others.",
    "Unlike most shops, we answer.",
    "Im Vergleich zur Konkurrenz sind wir schnell.",
    "Coffee is good for your health.",
    "It CURES headaches.",
    "A moka pot reduces your blood pressure.",
    "We're ch\u200beaper\u00a0than Acme.".replace("\u200b", ""),
    "A diagnosis is easy.",
    "Wir sind besser, cheaper\nthan all others.",
)


def measure() -> list[Row]:
    """Drafts that break a principle, and articles that break none, beside thirty principles."""
    articles = [
        sentence
        for article in texts.read_articles().values()
        for sentence in texts.split_sentences(article.text)
    ]
    return [
        _measure("caught: drafts that break one", BREAKING),
        _measure("wrongly withheld: demo articles", articles),
    ]


def find_caught(sentences: tuple[str, ...] | list[str]) -> Iterator[tuple[str, bool, float]]:
    """Each sentence, whether it was withheld, and the milliseconds it took."""
    policy = GuardPolicy(principles=(COMPARING, HEALING, *MANY))
    context = build_context(question="?", language="en", sources=(), policy=policy)
    for sentence in sentences:
        started = time.perf_counter()
        verdict = keep_principles(sentence, context)
        yield sentence, verdict != Passed(), (time.perf_counter() - started) * 1000


def _measure(what: str, sentences: tuple[str, ...] | list[str]) -> Row:
    results = list(find_caught(sentences))
    times = [ms for _, _, ms in results]
    return Row(
        guard="principles",
        what=what,
        caught=sum(caught for _, caught, _ in results),
        of=len(results),
        ms_p50=median(times),
        ms_p95=quantiles(times, n=20)[18],
    )
