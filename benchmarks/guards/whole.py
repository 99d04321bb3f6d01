"""All guards of one answer together: the question screened and hidden, each sentence let pass."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from benchmarks.guards.leaks import COMPANY
from benchmarks.guards.measuring import Row, Stopwatch
from benchmarks.guards.messages import is_held_out, read_customers, read_rows
from llm_bridge.answers.dialogue import Dialogue
from llm_bridge.answers.draft import Draft
from llm_bridge.guards.policy import DEFAULT_POLICY, NO_GUARDS
from llm_bridge.guards.screening.judgement import find_order
from llm_bridge.plan import Choice, Plan
from llm_bridge.values import Query, Source, Utterance

ANSWERS = 1_000
LIMIT = 2_000  # characters of an answer
PLAN = Plan(release=None, choices=(Choice("default"),), prompt=COMPANY)


def measure() -> Iterator[Row]:
    """Questions of customers with some history and three articles, answered at length.

    Reading and cutting the answer is in both rows: the guards are what lies between them.
    """
    customers = [text for text in read_customers() if is_held_out(text)]
    answers = [row["response"] for row in read_rows("bitext2022/responses.jsonl.gz")]
    policies = {"without guards": NO_GUARDS, "with all guards": DEFAULT_POLICY}
    watches = {name: Stopwatch() for name in policies}
    random_ = random.Random(1)
    for _ in range(ANSWERS):
        query, answer = _build_query(customers, answers, random_), random_.choice(answers)
        for name, policy in policies.items():
            watches[name].time(_guard, replace(query, guards=policy), answer)
    for name, watch in watches.items():
        yield Row(guard="whole", what=name, caught=(0, 0), blocked=(0, 0), watch=watch)


def _build_query(customers: list[str], answers: list[str], random_: random.Random) -> Query:
    said = (
        Utterance("visitor", random_.choice(customers)),
        Utterance("bot", random_.choice(answers)),
    )
    articles = (random_.choice(answers) for _ in range(3))
    return Query(
        question=random_.choice(customers),
        history=said * 2,
        sources=tuple(
            Source(f"Article {at}", "", text, 1.0, at) for at, text in enumerate(articles)
        ),
        language="en",
        site_name="Shop",
        instruction=None,
        reference=UUID(int=random_.getrandbits(128)),
    )


def _guard(query: Query, answer: str) -> str:
    if query.guards.screening:
        find_order(query.question)
    draft = Draft(context=Dialogue(query, PLAN).context, limit=LIMIT)
    return draft.add(answer) + draft.finish(is_whole=True)
