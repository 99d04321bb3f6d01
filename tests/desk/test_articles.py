"""The articles' pages: what is due and used is marked, files are looked at and then imported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chatbot.conversations.models import Site
from llm_bridge.knowledge.console import articles
from llm_bridge.models import Article

LIST = "/admin/llm_bridge/article/"
IMPORT = f"{LIST}import/"
DAY = timedelta(days=1)


def write(site: Site, title: str, **fields: Any) -> Article:
    return Article.objects.create(
        base=site.knowledge, title=title, slug=title.lower(), body=f"About {title}.", **fields
    )


@pytest.fixture
def _articles(site: Site) -> None:
    today, now = timezone.localdate(), timezone.now()
    write(site, "Due", review_by=today)
    write(site, "Later", review_by=today + DAY)
    write(site, "Ended", valid_until=now - DAY)
    write(site, "Coming", valid_from=now + DAY)
    write(site, "Off", enabled=False)


def find_listed(client: Client, query: str) -> set[str]:
    page = client.get(f"{LIST}?{query}").content.decode()
    return {title for title in ("Due", "Later", "Ended", "Coming", "Off") if f">{title}<" in page}


@pytest.mark.usefixtures("_articles")
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Due", "Later", "Ended", "Coming", "Off"}),
        ("review=due", {"Due"}),
        ("review=later", {"Later"}),
        ("review=none", {"Ended", "Coming", "Off"}),
        ("used=yes", {"Due", "Later"}),
        ("used=no", {"Ended", "Coming", "Off"}),
    ],
)
def test_the_list_shows_what_is_asked_for(editor: Client, query: str, titles: set[str]) -> None:
    assert find_listed(editor, query) == titles


@pytest.mark.usefixtures("_articles")
def test_the_list_marks_what_is_due_and_what_is_not_used(editor: Client) -> None:
    page = editor.get(LIST).content.decode()
    for mark in ("due since", "no longer: ended", "not before", "no: switched off"):
        assert mark in page


def upload(*files: tuple[str, str], **fields: str) -> dict[str, Any]:
    uploads = [SimpleUploadedFile(name, text.encode()) for name, text in files]
    return {"uploads": uploads, "origin": "Upload", "language": "en", **fields}


def send(client: Client, site: Site, *files: tuple[str, str], **fields: str) -> str:
    told = upload(*files, base=str(site.knowledge_id), **fields)
    answer = client.post(IMPORT, told)
    assert answer.status_code == 200
    return str(answer.content.decode())


FILES = (("a.md", "# Kettles\n\nWe sell kettles."), ("b.csv", "title,body\nPans,\nMills,Ours.\n"))


def test_looking_changes_nothing_and_importing_does(editor: Client, site: Site) -> None:
    page = send(editor, site, *FILES, look="")
    assert "2 will be added" in page
    assert "b.csv:2: It has no text." in page
    assert not Article.objects.exists()
    page = send(editor, site, *FILES, **{"import": ""})
    assert "2 added" in page
    assert set(Article.objects.values_list("title", flat=True)) == {"Kettles", "Mills"}
    assert "2 unchanged" in send(editor, site, *FILES, **{"import": ""})


def test_a_files_name_is_text_on_the_page(editor: Client, site: Site) -> None:
    page = send(editor, site, ("<b>x<b>.md", "# A"), look="")
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page


def test_an_imported_article_says_where_it_comes_from(editor: Client, site: Site) -> None:
    send(editor, site, *FILES, **{"import": ""})
    article = Article.objects.get(title="Kettles")
    page = editor.get(f"{LIST}{article.pk}/change/").content.decode()
    assert "From “Upload”: a.md" in page


def test_files_that_are_too_large_together_are_refused(editor: Client, site: Site) -> None:
    files = [(f"{number}.md", "x" * 1_300_000) for number in range(4)]
    told = upload(*files, base=str(site.knowledge_id), look="")
    answer = editor.post(IMPORT, told)
    assert answer.status_code == 422
    assert "larger than 5 MB" in answer.content.decode()


def test_who_may_not_write_articles_may_not_import_any(anna: Client, site: Site) -> None:
    assert anna.get(IMPORT).status_code == 403
    assert anna.post(IMPORT, upload(*FILES, base=str(site.knowledge_id))).status_code == 403
    assert IMPORT not in anna.get(LIST).content.decode()


def test_an_article_is_edited_as_before(editor: Client, site: Site) -> None:
    article = write(site, "Pans")
    form = {"title": "Pots", "body": "About pots.", "enabled": "on", "slug": "pots"}
    form |= {"base": str(site.knowledge_id), "language": "en", "review_by": "2030-01-01"}
    answer = editor.post(f"{LIST}{article.pk}/change/", form)
    assert answer.status_code == 302
    article.refresh_from_db()
    assert (article.title, article.passages.get().text) == ("Pots", "About pots.")


def test_the_list_says_where_search_goes_by_words_alone(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for is_there in (True, False):
        monkeypatch.setattr(articles, "is_installed", lambda is_there=is_there: is_there)
        assert ("make vectors" in editor.get(LIST).content.decode()) is not is_there
