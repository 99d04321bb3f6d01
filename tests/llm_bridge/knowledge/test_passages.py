"""Passages follow their article: kept where their words stay, found and gone with it."""

from __future__ import annotations

import pytest
from django.db import connection

from llm_bridge.knowledge import find_sources
from llm_bridge.knowledge.index import refresh
from llm_bridge.models import Article, KnowledgeBase, Passage
from tests.llm_bridge.knowledge.conftest import Write

BODY = "Returns are free.\n\n## Germany\n\nUse the yellow box.\n\nCall the depot."


def find_ids(article: Article) -> dict[str, int]:
    return {row.text: row.pk for row in article.passages.all()}


def test_passages_that_stay_keep_their_ids(write: Write) -> None:
    article = write("Returns", BODY)
    before = find_ids(article)
    article.body = BODY.replace("Call the depot.", "Write to the depot.\n\nBye.")
    article.title = "Sending back"
    article.save()
    after = find_ids(article)
    assert after["Returns are free."] == before["Returns are free."]
    assert after["Use the yellow box."] == before["Use the yellow box."]
    assert "Call the depot." not in after
    assert list(article.passages.values_list("position", flat=True)) == [0, 1, 2, 3]


def test_saving_without_a_change_changes_no_passage(write: Write) -> None:
    article = write("Returns", BODY)
    before = find_ids(article)
    article.save()
    assert find_ids(article) == before


def test_a_source_names_the_passage_and_its_heading(base: KnowledgeBase, write: Write) -> None:
    article = write("Returns", BODY)
    [source] = find_sources(base_id=base.pk, question="yellow box")
    assert (source.heading, source.passage_id) == (
        "Germany",
        find_ids(article)["Use the yellow box."],
    )
    assert source.text.startswith("**Germany**\nUse the yellow box.")


def test_a_new_title_is_searched_at_once(base: KnowledgeBase, write: Write) -> None:
    article = write("Returns", "Free within 30 days.")
    article.title = "Umbrellas"
    article.save()
    assert find_sources(base_id=base.pk, question="umbrella")
    assert not find_sources(base_id=base.pk, question="returns")


def test_a_deleted_article_leaves_nothing_behind(base: KnowledgeBase, write: Write) -> None:
    write("Returns", BODY)
    find_sources(base_id=base.pk, question="yellow box")
    base.articles.all().delete()
    assert find_sources(base_id=base.pk, question="yellow box") == ()
    assert not Passage.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM llm_bridge_passage_search")
            assert cursor.fetchone() == (0,)


def test_articles_that_came_without_passages_get_them_with_the_next_question(
    base: KnowledgeBase,
) -> None:
    """As after an upgrade, or from a copy of rows."""
    rows = [Article(base=base, title="Returns", slug="r", body=BODY)]
    Article.objects.bulk_create(rows)
    assert not Passage.objects.exists()
    assert find_sources(base_id=base.pk, question="yellow box")
    assert refresh(base_id=base.pk) == 0


def test_an_article_that_moves_is_found_in_its_new_base_only(
    base: KnowledgeBase, write: Write
) -> None:
    other = KnowledgeBase.objects.create(name="Other")
    article = write("Returns", BODY)
    find_sources(base_id=base.pk, question="yellow box")
    article.base = other
    article.save()
    assert find_sources(base_id=base.pk, question="yellow box") == ()
    assert find_sources(base_id=other.pk, question="yellow box")


def test_an_empty_article_is_found_by_its_title(base: KnowledgeBase, write: Write) -> None:
    write("Umbrellas", "# \n\n---")
    assert find_sources(base_id=base.pk, question="umbrellas")


@pytest.mark.parametrize(
    "question",
    ["'); DROP TABLE x; --", '" OR 1=1', "a:b & !c <-> d*", "\\", "NEAR(a b)", "\x00", "x" * 9_000],
)
def test_no_question_is_a_query_of_its_own(
    base: KnowledgeBase, write: Write, question: str
) -> None:
    write("Returns", BODY)
    assert isinstance(find_sources(base_id=base.pk, question=question), tuple)
    assert find_sources(base_id=base.pk, question="yellow box")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="triggers are SQLite's way")
def test_the_triggers_of_full_text_are_there_after_all_migrations(db: None) -> None:
    """A later migration that changes the passages' table would drop them without a word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        names = {row[0] for row in cursor.fetchall()}
    assert {f"llm_bridge_passage_{each}" for each in ("added", "removed", "changed")} <= names
