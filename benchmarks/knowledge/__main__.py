"""`python -m benchmarks.knowledge`: recall, answer support, false finds, and how long it takes.

`DATABASE_URL` says in which database (SQLite by itself); a database of its own is made and dropped.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

FOLDER = tempfile.gettempdir()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot.config.settings")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER}/firstline-knowledge.sqlite3")

import django

django.setup()

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.knowledge.sets import LabelledSet, Question, read_sets
from llm_bridge.knowledge.finding import find
from llm_bridge.knowledge.ranking import Way
from llm_bridge.knowledge.sources import QUOTABLE, RELEVANT, find_sources, quote
from llm_bridge.knowledge.tables import Article, KnowledgeBase
from llm_bridge.knowledge.vectors import is_installed

WAYS: tuple[Way, ...] = ("words", "vectors", "fused") if is_installed() else ("words",)
SIZES = (15, 1_000, 10_000)


def main() -> None:
    sets = read_sets()
    name = f"firstline_benchmark_{os.getpid()}"
    is_file = connection.vendor == "sqlite"
    connection.settings_dict["TEST"]["NAME"] = f"{FOLDER}/{name}.sqlite3" if is_file else name
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        print(f"{connection.vendor}; vectors: {is_installed()}")
        for each in sets:
            measure_set(each)
        if "quick" not in sys.argv:
            measure_sizes(sets)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def measure_set(labelled: LabelledSet) -> None:
    base = make_base(labelled.name, labelled)
    slugs = dict(Article.objects.filter(base=base).values_list("pk", "slug"))
    print(f"\n{labelled.name}: {len(slugs)} pages")
    for kind, questions in labelled.kinds.items():
        if questions[0].page is None:
            print_false_finds(kind, questions, base)
            continue
        for way in WAYS:
            print_recall(kind, questions, base, slugs, way)
        print_support(kind, questions, base, slugs)


def print_recall(
    kind: str, questions: list[Question], base: KnowledgeBase, slugs: dict[int, str], way: Way
) -> None:
    ranks, times = [], []
    for question in questions:
        began = time.perf_counter()
        found = find(
            base_id=base.pk, question=question.text, language="en", now=timezone.now(), by=way
        )
        times.append(time.perf_counter() - began)
        order = [slugs[hit.article_id] for hit in found.hits]
        ranks.append(order.index(question.page) + 1 if question.page in order else 0)
    print(
        f"  {kind:24} {way:8} n={len(ranks):4} recall@1 {share(ranks, lambda at: at == 1)} "
        f"@5 {share(ranks, lambda at: 0 < at <= 5)} "
        f"MRR {statistics.mean(1 / at if at else 0 for at in ranks):.2f} "
        f"{statistics.median(times) * 1000:.1f} ms"
    )


def print_support(
    kind: str, questions: list[Question], base: KnowledgeBase, slugs: dict[int, str]
) -> None:
    """What a model would read, and what a visitor would without one."""
    held, quoted, wrong = [], [], []
    for question in questions:
        sources = find_sources(base_id=base.pk, question=question.text)
        held.append(
            any(is_support(question, slugs[each.article_id], each.text) for each in sources)
        )
        said = quote(sources=sources, language="en")
        right = said is not None and is_support(
            question, slugs[said.sources[0].article_id], said.text
        )
        quoted.append(right)
        wrong.append(said is not None and not right)
    print(
        f"  {kind:24} sources hold the answer {share(held)}, quoted rightly {share(quoted)}, "
        f"quoted something else {share(wrong)}"
    )


def is_support(question: Question, page: str, text: str) -> bool:
    if question.needs:
        return any(need in text for need in question.needs)
    return page == question.page


def print_false_finds(kind: str, questions: list[Question], base: KnowledgeBase) -> None:
    scores = [
        max(
            (each.score for each in find_sources(base_id=base.pk, question=question.text)),
            default=0,
        )
        for question in questions
    ]
    print(
        f"  {kind:24} n={len(scores):4} found although none answers "
        f"{share(scores, lambda score: score >= RELEVANT)}, quoted "
        f"{share(scores, lambda score: score >= QUOTABLE)}"
    )


def measure_sizes(sets: list[LabelledSet]) -> None:
    """The shop's pages among made-up ones: the words of the other sets, shuffled."""
    shop = sets[0]
    questions = [each for kind in ("plain", "paraphrase") for each in shop.kinds[kind]]
    words = sorted(
        {word for each in sets for _, body in each.pages.values() for word in body.split()}
    )
    for size in SIZES:
        base = make_base(f"{size} pages", shop)
        began = time.perf_counter()
        with transaction.atomic():
            add_filler(base, size - len(shop.pages), words)
        built = time.perf_counter() - began
        began = time.perf_counter()
        find_sources(base_id=base.pk, question="warm up")
        first = time.perf_counter() - began
        times = []
        for question in questions:
            began = time.perf_counter()
            find_sources(base_id=base.pk, question=question.text)
            times.append(time.perf_counter() - began)
        print(
            f"{size:6} pages: median {statistics.median(times) * 1000:.1f} ms, longest "
            f"{max(times) * 1000:.0f} ms, the first of a process {first * 1000:.0f} ms; "
            f"built in {built:.0f} s"
        )


def add_filler(base: KnowledgeBase, count: int, words: list[str]) -> None:
    chance = random.Random(1)
    # Common words are common here too: the weight falls with the place.
    weights = [1 / (place + 5) for place in range(len(words))]
    shuffled = chance.sample(words, len(words))
    for number in range(count):
        body = "\n\n".join(
            " ".join(chance.choices(shuffled, weights, k=45)) + "." for _ in range(6)
        )
        title = " ".join(chance.choices(shuffled, weights, k=4))
        Article.objects.create(base=base, title=title[:200], slug=f"filler-{number}", body=body)


def make_base(name: str, labelled: LabelledSet) -> KnowledgeBase:
    base = KnowledgeBase.objects.create(name=name)
    for slug, (title, body) in labelled.pages.items():
        Article.objects.create(base=base, title=title, slug=slug, body=body)
    return base


def share(values: list[float] | list[bool] | list[int], holds: Callable[..., bool] = bool) -> str:
    return f"{sum(map(holds, values)) / max(1, len(values)):.0%}"


if __name__ == "__main__":
    main()
