"""An article is told within its time only, also where nobody edits anything when time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from llm_bridge.knowledge import find_sources, quote
from llm_bridge.knowledge.vectors import is_installed
from llm_bridge.models import KnowledgeBase
from tests.llm_bridge.knowledge.conftest import Write

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUESTION = "Is there a winter sale on kettles?"


def find_titles(base: KnowledgeBase, now: datetime) -> list[str]:
    return [each.title for each in find_sources(base_id=base.pk, question=QUESTION, now=now)]


@pytest.mark.parametrize(
    ("begin", "end", "is_found"),
    [
        (None, None, True),
        (NOON - HOUR, NOON + HOUR, True),
        (NOON, None, True),
        (NOON + HOUR, None, False),
        (None, NOON, False),
        (None, NOON + HOUR, True),
        (NOON - 2 * HOUR, NOON - HOUR, False),
    ],
)
def test_an_article_is_found_from_its_first_moment_up_to_its_last(
    base: KnowledgeBase,
    write: Write,
    begin: datetime | None,
    end: datetime | None,
    is_found: bool,
) -> None:
    write("Winter sale", "All kettles are in the winter sale.", valid_from=begin, valid_until=end)
    assert bool(find_titles(base, NOON)) == is_found


def test_an_article_ends_without_an_edit_although_search_remembers(
    base: KnowledgeBase, write: Write
) -> None:
    write("Winter sale", "All kettles are in the winter sale.", valid_until=NOON)
    assert find_titles(base, NOON - HOUR) == ["Winter sale"]
    assert find_titles(base, NOON) == []
    assert find_titles(base, NOON - HOUR) == ["Winter sale"]


def test_many_ended_articles_leave_room_for_the_one_that_holds(
    base: KnowledgeBase, write: Write
) -> None:
    for year in range(150):
        write(f"Winter sale {year}", "All kettles are in the winter sale.", valid_until=NOON)
    write("Winter sale now", "All kettles are in the winter sale.", valid_from=NOON)
    assert find_titles(base, NOON) == ["Winter sale now"]


@pytest.mark.skipif(not is_installed(), reason="the extra `vectors` is not installed")
def test_they_leave_room_also_where_only_the_meaning_finds_it(
    base: KnowledgeBase, write: Write
) -> None:
    for year in range(150):
        write(f"Automobile rental {year}", "Automobile rental.", valid_until=NOON)
    write("Vehicles", "Cars and trucks can be hired.")
    sources = find_sources(base_id=base.pk, question="automobile rental", now=NOON)
    assert [source.title for source in sources] == ["Vehicles"]


def test_what_is_over_is_not_quoted(base: KnowledgeBase, write: Write) -> None:
    write("Winter sale", "All kettles are in the winter sale.", valid_until=NOON)
    sources = find_sources(base_id=base.pk, question=QUESTION, now=NOON)
    assert quote(sources=sources, language="en") is None


def test_an_article_that_ends_before_it_begins_is_refused(write: Write) -> None:
    article = write("Winter sale", "Soon.")
    article.valid_from, article.valid_until = NOON, NOON - HOUR
    with pytest.raises(ValidationError, match="end before it begins"):
        article.full_clean()
    with pytest.raises(IntegrityError):
        article.save()
