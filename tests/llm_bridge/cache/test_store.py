"""Stored answers are bounded in number and age, counted, and forgotten on demand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from llm_bridge.cache import StoredAnswer, expire, find, forget, record, store
from llm_bridge.models import CachedAnswer

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def keep(key: str, *, payer: int = 1, now: datetime = NOW, text: str = "30 days.") -> UUID:
    answer = StoredAnswer(reference=uuid4(), text=text, sources=[], model_release=None)
    record(key=key, payer=payer, answer=answer, now=now)
    return answer.reference


def test_an_answer_is_found_by_its_key_and_its_use_counted() -> None:
    reference = keep("a")
    for _ in range(3):
        found = find(key="a", now=NOW)
        assert found
        assert (found.reference, found.text) == (reference, "30 days.")
    assert find(key="b", now=NOW) is None
    assert CachedAnswer.objects.get().hits == 3


def test_of_two_answers_to_one_question_the_first_stays() -> None:
    keep("a")
    keep("a", text="60 days.")
    found = find(key="a", now=NOW)
    assert found
    assert found.text == "30 days."


def test_an_answer_ages_and_makes_way_for_a_new_one() -> None:
    keep("a")
    later = NOW + store.MAX_AGE
    assert find(key="a", now=later - timedelta(seconds=1))
    assert find(key="a", now=later) is None
    keep("a", now=later, text="60 days.")
    assert find(key="a", now=later)
    assert expire(now=later) == 0
    assert expire(now=later + store.MAX_AGE) == 1


def test_a_site_keeps_so_many_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_ANSWERS", 10)
    monkeypatch.setattr(store, "DROPPED_AT_ONCE", 4)
    keep("other", payer=2)
    for number in range(12):
        keep(f"{number}", now=NOW + timedelta(minutes=number))
    kept = set(CachedAnswer.objects.values_list("key", flat=True))
    assert kept == {"other", *map(str, range(4, 12))}


def test_an_answer_is_forgotten_by_the_exchange_it_was_first_given_in() -> None:
    reference = keep("a")
    keep("b")
    assert forget(reference=reference) == 1
    assert find(key="a", now=NOW) is None
    assert find(key="b", now=NOW)


def test_many_who_store_the_same_at_once_store_it_once() -> None:
    def keep_and_close(_: int) -> None:
        keep("a")
        connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(keep_and_close, range(16)))
    assert CachedAnswer.objects.count() == 1
