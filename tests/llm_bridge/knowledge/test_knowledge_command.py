"""`manage.py knowledge` says what it did, and ends with an error where something was refused."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from llm_bridge.models import Article, KnowledgeBase


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "help"
    place.mkdir()
    (place / "a.md").write_text("# A\n\nText about kettles.", "utf-8")
    return place


def call(*words: str | Path) -> tuple[str, str]:
    out, error = StringIO(), StringIO()
    call_command("knowledge", *map(str, words), stdout=out, stderr=error)
    return out.getvalue(), error.getvalue()


@pytest.fixture
def bases(db: None) -> None:
    KnowledgeBase.objects.update(name="Help")


@pytest.mark.usefixtures("bases")
def test_an_import_names_what_it_did(folder: Path) -> None:
    out, _ = call("import", folder, "--language", "de", "--category", "Kettles")
    assert "added: a.md" in out
    assert "Help, import “help”: 1 added, 0 changed, 0 unchanged, 0 disabled, 0 refused." in out
    article = Article.objects.get()
    assert (article.language, article.category, article.origin) == ("de", "Kettles", "help")


@pytest.mark.usefixtures("bases")
def test_a_refusal_is_an_error_after_the_rest_was_imported(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "b.csv").write_text("title,body\nB,\n", "utf-8")
    error = StringIO()
    with pytest.raises(CommandError, match="1 could not be imported"):
        call_command("knowledge", "import", str(folder), stdout=StringIO(), stderr=error)
    assert "refused: b.csv:2: It has no text." in error.getvalue()
    assert Article.objects.get().title == "A"


@pytest.mark.usefixtures("bases")
def test_among_several_bases_one_is_named(folder: Path) -> None:
    KnowledgeBase.objects.create(name="Second")
    with pytest.raises(CommandError, match="There are: Help, Second"):
        call("import", folder)
    call("import", folder, "--base", "Second")
    assert Article.objects.get().base.name == "Second"


@pytest.mark.usefixtures("bases")
def test_index_builds_what_is_missing_and_status_counts(folder: Path) -> None:
    base = KnowledgeBase.objects.get()
    Article.objects.bulk_create([Article(base=base, title="R", slug="r", body="One.\n\nTwo.")])
    assert (
        "1 of 1 articles enabled, 0 passages, 0 with vectors, 1 articles to be" in call("status")[0]
    )
    assert "of 1 articles" in call("index")[0]
    assert "2 passages" in call("status")[0]
