"""Which approved reply a question gets: by its words, its language and the time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from llm_bridge.approved.finding import find_examples
from llm_bridge.models import ApprovedReply, KnowledgeBase
from tests.llm_bridge.approved.approving import NOW, approve, ask, read

GIFT = "Do you wrap gifts?"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "question", [GIFT, "do you   wrap GIFTS?", "\uff24\uff4f you wrap gifts?"], ids=str
)
def test_the_same_words_get_the_reply_word_for_word(base: KnowledgeBase, question: str) -> None:
    row = approve(base, "Is wrapping possible?", GIFT, text="We wrap for **2.50**.")
    found = ask(base, question)
    assert found
    assert (found.id, found.text, found.question) == (row.pk, "We wrap for **2.50**.", GIFT)
    assert (found.likeness, found.is_exact) == (1.0, True)


def test_words_that_ask_the_same_get_it_too_and_are_told_apart(base: KnowledgeBase) -> None:
    approve(base, GIFT)
    found = ask(base, "hello, do you wrap a gift please")
    assert found
    assert (found.is_exact, found.likeness) == (False, 1.0)


@pytest.mark.parametrize(
    ("approved", "question"),
    [
        ("Can I cancel before it is sent?", "Can I cancel after it is sent?"),
        ("Can I return a used kettle?", "Can I not return a used kettle?"),
        ("Can I return a used kettle?", "Can't I return a used kettle?"),
        ("Is wrapping gifts free?", "When is wrapping gifts free?"),
        ("Where is your order form?", "Where is my order form?"),
        ("Can I change from monthly to yearly?", "Can I change from yearly to monthly?"),
        ("Is delivery free above 50?", "Is delivery free above 30?"),
        ("Kann ich den Wasserkocher zurückgeben?", "Kann ich den Wasserkocher nicht zurückgeben?"),
        ("Puis-je rendre la bouilloire ?", "Puis-je rendre la bouilloire sans la boîte ?"),
        ("Returns?", "Where are my returns?"),
        ("How do I descale my kettle with vinegar?", "How do I descale my kettle?"),
    ],
)
def test_words_that_turn_a_question_are_another_question(
    base: KnowledgeBase, approved: str, question: str
) -> None:
    approve(base, approved)
    assert ask(base, approved)
    assert ask(base, question) is None


@pytest.mark.parametrize("question", ["", "???", "a" * 5_000, "gift", "\x00"])
def test_what_is_hardly_a_question_gets_none(base: KnowledgeBase, question: str) -> None:
    approve(base, GIFT)
    assert ask(base, question) is None


def test_a_base_without_replies_and_another_base_have_none(base: KnowledgeBase) -> None:
    other = KnowledgeBase.objects.create(name="Other")
    assert ask(base, GIFT) is None
    approve(other, GIFT)
    assert ask(base, GIFT) is None


def test_a_reply_in_the_visitors_language_goes_before_one_for_all(base: KnowledgeBase) -> None:
    approve(base, GIFT, text="for all")
    approve(base, GIFT, text="auf Deutsch", language="de")
    said = {lang: read(base, GIFT, language=lang) for lang in ("de", "de-AT", "en", "fil")}
    assert said == {"de": "auf Deutsch", "de-AT": "auf Deutsch", "en": "for all", "fil": "for all"}


def test_a_language_is_not_another_that_begins_alike(base: KnowledgeBase) -> None:
    approve(base, GIFT, language="fi")
    assert ask(base, GIFT, language="fil") is None


def test_a_reply_holds_from_its_first_moment_until_before_its_last(base: KnowledgeBase) -> None:
    approve(base, GIFT, valid_from=NOW, valid_until=NOW + DAY)
    moments = (NOW - DAY, NOW, NOW + DAY - timedelta(seconds=1), NOW + DAY)
    assert [ask(base, GIFT, now=now) is not None for now in moments] == [False, True, True, False]


def test_a_reply_for_a_time_goes_before_the_one_for_always(base: KnowledgeBase) -> None:
    approve(base, GIFT, text="at Christmas", valid_until=NOW + DAY)
    approve(base, GIFT, text="always")
    assert read(base, GIFT) == "at Christmas"
    assert read(base, GIFT, now=NOW + DAY) == "always"


def test_what_was_edited_or_switched_off_counts_at_once(base: KnowledgeBase) -> None:
    row = approve(base, GIFT, text="old")
    assert read(base, GIFT) == "old"
    row.text = "new"
    row.save()
    assert read(base, GIFT) == "new"
    row.enabled = False
    row.save()
    assert ask(base, GIFT) is None


def test_a_further_question_does_not_read_the_replies_again(
    base: KnowledgeBase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    approve(base, GIFT)
    ask(base, GIFT)
    with django_assert_num_queries(1):
        ask(base, "do you wrap a gift")


def test_the_newest_of_two_answers_that_the_database_holds_alike(base: KnowledgeBase) -> None:
    """The form refuses it; two at once, or a command, may still have made it."""
    for text in ("first", "second"):
        ApprovedReply.objects.create(base=base, questions=[GIFT], text=text)
    assert read(base, GIFT) == "second"


def find_titles(base: KnowledgeBase, question: str, **more: object) -> list[str]:
    asked = {"language": "en", "now": NOW, **more}
    found = find_examples(base_id=base.pk, question=question, **asked)  # type: ignore[arg-type]
    return [each.title.removeprefix("Approved answer to: ") for each in found]


def test_the_two_nearest_replies_are_examples_for_a_model(base: KnowledgeBase) -> None:
    asked = ("Do you wrap birthday gifts?", GIFT, "Do you wrap kettles as gifts?", "Open today?")
    others = ("Do you ship to Norway?", "How can I pay?", "Is my parcel insured?", "Any vouchers?")
    for question in (*asked, *others):
        approve(base, question)
    asked_now = "Do you wrap a gift for birthdays?"
    assert find_titles(base, asked_now) == ["Do you wrap birthday gifts?", GIFT]
    assert find_titles(base, "Where is my parcel?") == []
    assert find_titles(base, "") == []


def test_a_reply_with_several_near_questions_is_one_example(base: KnowledgeBase) -> None:
    row = approve(base, GIFT, "Do you wrap birthday gifts?")
    (found,) = find_examples(base_id=base.pk, question="wrap gifts", language="en", now=NOW)
    assert (found.kind, found.article_id, found.text, found.url) == ("reply", row.pk, "Yes.", "")
    assert found.score == 1.0


def test_what_would_not_be_said_now_is_no_example(base: KnowledgeBase) -> None:
    approve(base, GIFT, text="always")
    approve(base, GIFT, text="at Christmas", valid_until=NOW + DAY)
    approve(base, "Do you wrap big gifts?", language="de")
    (found,) = find_examples(base_id=base.pk, question="wrap gifts", language="en", now=NOW)
    assert found.text == "at Christmas"
