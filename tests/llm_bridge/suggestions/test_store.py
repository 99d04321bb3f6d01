"""What is asked again is counted once an exchange, grouped, bounded, dismissed and forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from llm_bridge import suggestions
from llm_bridge.cache import StoredAnswer, record
from llm_bridge.lexicon import build_subject
from llm_bridge.models import CachedAnswer, RuleSuggestion, SuggestionAsking
from llm_bridge.suggestions import likeness, store
from llm_bridge.values import Query

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FIRST = "How do I descale my kettle?"


def keep(question: str = FIRST, *, payer: int = 1, key: str = "", language: str = "en") -> UUID:
    """A stored answer to it."""
    answer = StoredAnswer(
        reference=uuid4(),
        text=f"An answer to {question}",
        sources=[{"title": "Descaling"}],
        model_release=None,
        language=language,
        subject=build_subject(question),
    )
    record(key=key or question, payer=payer, answer=answer, now=NOW)
    return answer.reference


def ask(
    question: str,
    *,
    key: str = "none",
    payer: int = 1,
    language: str = "en",
    reference: UUID | None = None,
    now: datetime = NOW,
) -> UUID:
    """Asks it; `key` is the stored answer that was given again, none for a question of its own."""
    query = Query(
        question=question,
        history=(),
        sources=(),
        language=language,
        site_name="Shop",
        instruction=None,
        reference=reference or uuid4(),
    )
    is_repeat = key != "none"
    suggestions.notice(key=key, payer=payer, query=query, is_repeat=is_repeat, now=now)
    return query.reference


def get_only() -> RuleSuggestion:
    return RuleSuggestion.objects.get()


def test_repeats_and_near_questions_count_towards_one_suggestion() -> None:
    stored = keep()
    ask(FIRST, key=FIRST)
    ask("descaling the kettle, how?", now=NOW + timedelta(hours=1))
    row = get_only()
    assert (row.count, row.repeats, row.reference) == (2, 1, stored)
    assert (row.answer, row.sources) == (f"An answer to {FIRST}", [{"title": "Descaling"}])
    assert row.last_seen_at - row.first_seen_at == timedelta(hours=1)
    assert [asking.is_repeat for asking in row.askings.all()] == [False, True]


@pytest.mark.parametrize(
    ("question", "is_near"),
    [
        ("kettle: how do I descale it?", True),
        ("how do I descale my old kettle?", True),
        ("how do I not descale my kettle?", True),
        ("how do I descale my toaster?", False),
        ("descale", False),
        ("do you sell tea towels?", False),
        ("", False),
        ("how?", False),
    ],
)
def test_near_is_most_of_the_terms_of_both(question: str, is_near: bool) -> None:
    keep()
    ask(question)
    assert RuleSuggestion.objects.exists() is is_near


def test_only_answers_of_the_same_site_and_language_are_near() -> None:
    keep()
    ask(FIRST, payer=2)
    ask(FIRST, language="de")
    assert not RuleSuggestion.objects.exists()


def test_an_answer_too_old_to_be_given_is_no_longer_near() -> None:
    keep()
    ask("kettle descaling", now=NOW + timedelta(days=8))
    assert not RuleSuggestion.objects.exists()


def test_the_question_itself_is_not_near_itself() -> None:
    reference = keep()
    ask(FIRST, reference=reference)
    assert not RuleSuggestion.objects.exists()


def test_an_exchange_counts_once() -> None:
    keep()
    reference = ask(FIRST, key=FIRST)
    ask(FIRST, key=FIRST, reference=reference, now=NOW + timedelta(minutes=1))
    assert get_only().count == SuggestionAsking.objects.count() == 1


def test_a_near_question_asked_again_counts_where_it_counted_first() -> None:
    keep()
    near = "how do I descale my old kettle?"
    reference = keep(near)
    ask(near, reference=reference)
    ask(near, key=near)
    row = get_only()
    assert (row.count, row.repeats, row.answer) == (2, 1, f"An answer to {FIRST}")


def test_the_same_question_answered_anew_goes_on_in_the_same_suggestion() -> None:
    keep()
    ask(FIRST, key=FIRST)
    CachedAnswer.objects.all().delete()
    stored = keep("My kettle, how do I descale it?")
    ask("x", key="My kettle, how do I descale it?")
    assert (get_only().count, get_only().reference) == (2, stored)


def test_what_is_asked_most_comes_first_and_what_is_dismissed_does_not_come() -> None:
    keep()
    keep("Do you ship to Norway?")
    for question, times in ((FIRST, 1), ("Do you ship to Norway?", 3)):
        for _ in range(times):
            ask(question, key=question)
    found = list(suggestions.find_suggestions(payers=[1]))
    assert [each.count for each in found] == [3, 1]
    suggestions.dismiss(suggestion_id=found[0].pk, author=None, now=NOW)
    ask("Do you ship to Norway?", key="Do you ship to Norway?")
    assert list(suggestions.find_suggestions(payers=[1])) == found[1:]
    assert [each.count for each in suggestions.find_suggestions(payers=[1], is_dismissed=True)] == [
        4
    ]
    suggestions.dismiss(suggestion_id=found[0].pk, author=None, now=None)
    assert len(suggestions.find_suggestions(payers=[1])) == 2


def test_an_erased_exchange_takes_its_asking_along() -> None:
    keep()
    ask(FIRST, key=FIRST)
    near = ask("kettle descaling")
    assert suggestions.forget(reference=near) == 1
    assert (get_only().count, get_only().repeats) == (1, 1)
    assert not SuggestionAsking.objects.filter(reference=near).exists()
    assert suggestions.forget(reference=near) == 0


def test_an_erased_exchange_takes_along_what_rests_on_its_answer() -> None:
    stored = keep()
    ask(FIRST, key=FIRST)
    assert suggestions.forget(reference=stored) == 2
    assert not RuleSuggestion.objects.exists()
    assert not SuggestionAsking.objects.exists()


def test_the_last_asking_takes_the_suggestion_along() -> None:
    keep()
    suggestions.forget(reference=ask(FIRST, key=FIRST))
    assert not RuleSuggestion.objects.exists()


def test_what_nobody_asks_any_more_goes() -> None:
    keep()
    ask(FIRST, key=FIRST)
    assert suggestions.expire(now=NOW + store.MAX_AGE - timedelta(seconds=1)) == 0
    assert suggestions.expire(now=NOW + store.MAX_AGE) == 2


def test_the_oldest_askings_and_the_least_asked_suggestions_make_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "MAX_ASKINGS", 2)
    monkeypatch.setattr(store, "MAX_SUGGESTIONS", 3)
    monkeypatch.setattr(store, "DROPPED_AT_ONCE", 1)
    keep()
    for minute in range(4):
        ask(FIRST, key=FIRST, now=NOW + timedelta(minutes=minute))
    assert get_only().count == 4
    assert get_only().askings.count() == 2
    for subject in ("Norway?", "Sweden?", "Finland?"):
        keep(subject)
        ask(subject, key=subject)
    kept = set(RuleSuggestion.objects.values_list("answer", flat=True))
    assert len(kept) == 3
    assert f"An answer to {FIRST}" in kept


def test_only_the_newest_stored_answers_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "MAX_COMPARED", 1)
    keep()
    CachedAnswer.objects.update(created_at=NOW - timedelta(hours=1))
    keep("Do you ship to Norway?")
    ask("kettle descaling")
    assert not RuleSuggestion.objects.exists()


def test_many_who_ask_at_once_are_all_counted_and_each_once() -> None:
    keep()
    references = [uuid4() for _ in range(12)]

    def ask_and_close(reference: UUID) -> None:
        ask(FIRST, key=FIRST, reference=reference)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask_and_close, references * 2))
    assert get_only().count == SuggestionAsking.objects.count() == 12
