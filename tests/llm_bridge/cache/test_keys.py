"""Two questions are the same when their words are, and all that the model would read beside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.cache import build_key, is_personal
from llm_bridge.guards.personal import Kind, Known
from llm_bridge.plan import Choice, Plan
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.roster import Roster
from llm_bridge.values import Query, Quotation, Utterance
from tests.llm_bridge.asking import QUERY, RETURNS

CONFIG = ProviderConfig(base_url="https://models.example/v1", api_key="k", model="small")
PLAN = Plan(release=None, choices=(Choice("default"),))


def name_models(plan: Plan = PLAN, config: ProviderConfig = CONFIG) -> Roster:
    return Roster(providers={config.name: config}, plan=plan)


def find_key(query: Query = QUERY, **other: Any) -> str | None:
    values: dict[str, Any] = {"roster": name_models(), "payer": 1, "slots": {}, **other}
    return build_key(query=query, **values)


def ask(question: str) -> str | None:
    return find_key(replace(QUERY, question=question))


@pytest.mark.parametrize(
    "question",
    [
        "how long can i return things?",
        "  How long\tcan I\n return things?  ",
        "HOW LONG CAN I RETURN THINGS?",
        "Ｈｏｗ long can I return things?",
    ],
)
def test_letters_and_spaces_do_not_make_another_question(question: str) -> None:
    assert ask(question) == find_key()


@pytest.mark.parametrize(
    "question",
    [
        "How long can I return things",
        "How long can't I return things?",
        "How long can I return thing?",
        "Long how can I return things?",
    ],
)
def test_near_is_not_the_same(question: str) -> None:
    assert ask(question) not in {None, find_key()}


def test_who_asks_and_when_does_not_matter() -> None:
    assert find_key(replace(QUERY, reference=uuid4())) == find_key()


OTHERS = {
    "language": replace(QUERY, language="de"),
    "site name": replace(QUERY, site_name="Other"),
    "instruction": replace(QUERY, instruction="Be brief."),
    "no article": replace(QUERY, sources=()),
    "article edited": replace(QUERY, sources=(replace(RETURNS, text="60 days."),)),
    "article renamed": replace(QUERY, sources=(replace(RETURNS, title="Sending back"),)),
    "another article": replace(QUERY, sources=(RETURNS, replace(RETURNS, article_id=2))),
}


@pytest.mark.parametrize("query", OTHERS.values(), ids=OTHERS)
def test_what_the_model_reads_makes_another_question(query: Query) -> None:
    assert find_key(query) not in {None, find_key()}


@pytest.mark.parametrize(
    "other",
    [
        {"payer": 2},
        {"slots": {"product": "kettle"}},
        {"roster": name_models(replace(PLAN, release=4))},
        {"roster": name_models(replace(PLAN, choices=(Choice("default", "large"),)))},
        {"roster": name_models(config=replace(CONFIG, model="large"))},
        {"roster": name_models(config=replace(CONFIG, base_url="https://other.example/v1"))},
        {"roster": name_models(replace(PLAN, prompt="Be kind."))},
    ],
    ids=["site", "slots", "release", "model", "own model", "server", "prompt"],
)
def test_site_slots_and_model_make_another_question(other: dict[str, Any]) -> None:
    assert find_key(**other) not in {None, find_key()}


def test_another_key_to_the_same_server_does_not_matter() -> None:
    assert find_key(roster=name_models(config=replace(CONFIG, api_key="new"))) == find_key()


def test_how_relevant_an_article_was_does_not_matter() -> None:
    assert find_key(replace(QUERY, sources=(replace(RETURNS, score=0.1),))) == find_key()


def test_the_order_of_slots_does_not_matter() -> None:
    assert find_key(slots={"a": 1, "b": "x"}) == find_key(slots={"b": "x", "a": 1})


def test_values_of_another_type_are_other_values() -> None:
    assert find_key(slots={"a": 1}) != find_key(slots={"a": "1"})


@pytest.mark.parametrize(
    "query",
    [
        replace(QUERY, history=(Utterance("visitor", "Hello"),)),
        replace(QUERY, quoted=(Quotation("user", "Hello"),)),
        replace(QUERY, question="x" * 301),
    ],
    ids=["history", "quoted", "a story"],
)
def test_what_goes_on_from_something_else_is_nobody_elses_answer(query: Query) -> None:
    assert find_key(query) is None


PERSONAL = [
    "where is AB-123456",
    "call me on 030 123 45 67",
    "my card is 4111 1111 1111 1111",
    "write to jo@example.org",
    "+49 (0)30-12345",
]


@pytest.mark.parametrize("text", PERSONAL)
def test_what_tells_who_somebody_is_is_not_stored(text: str) -> None:
    assert is_personal(text)
    assert ask(text) is None
    assert find_key(slots={"order": text}) is None


def test_what_names_a_known_visitor_is_not_stored() -> None:
    query = replace(QUERY, question="Is it for Ada?")
    assert find_key(query) is not None
    assert find_key(replace(query, known=(Known(Kind.NAME, "Ada Lovelace"),))) is None


@pytest.mark.parametrize("text", ["orders of 2024", "7 days a week, 24 hours", "1,5 l", "3 @ 4"])
def test_a_year_or_an_amount_tells_nothing(text: str) -> None:
    assert not is_personal(text)


@given(text=st.text(max_size=400))
def test_whatever_is_asked_has_a_key_or_none(text: str) -> None:
    key = ask(text)
    assert key is None or len(key) == 64
    assert ask(f"  {text} ") == key
