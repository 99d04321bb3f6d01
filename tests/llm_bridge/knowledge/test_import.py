"""An import adds, changes and switches off articles; the same again changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from llm_bridge.knowledge import find_sources
from llm_bridge.knowledge.importing import Order, Refused, Report, import_path
from llm_bridge.models import MAX_BODY_CHARACTERS, Article, KnowledgeBase
from tests.llm_bridge.knowledge.conftest import Write

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)

RETURNS = """---
title: Returns
url: /help/returns
language: de
category: Orders
valid_from: 2027-01-01
valid_until: 2027-06-30
review: 2027-05-01
owner: Anna
---
Send it back within 30 days.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "help"
    (place / "orders").mkdir(parents=True)
    (place / "orders" / "returns.md").write_text(RETURNS, "utf-8")
    (place / "paying.md").write_text("# Ways to pay\n\nBy card.", "utf-8")
    (place / "faq.csv").write_text("title,body\nGift cards,They last three years.\n", "utf-8")
    return place


def run(base: KnowledgeBase, path: Path, **told: Any) -> Report:
    return import_path(path=path, order=Order(base=base, origin="help", **told), now=NOW)


def test_a_folder_is_read_with_all_below_it(base: KnowledgeBase, folder: Path) -> None:
    report = run(base, folder, category="Help")
    assert sorted(report.added) == ["faq.csv#gift cards", "orders/returns.md", "paying.md"]
    returns = Article.objects.get(title="Returns")
    assert (returns.url, returns.language, returns.category) == ("/help/returns", "de", "Orders")
    assert (returns.owner_note, returns.review_by) == ("Anna", date(2027, 5, 1))
    assert returns.valid_from == datetime(2027, 1, 1, tzinfo=UTC)
    # The day that is named still counts.
    assert returns.valid_until == datetime(2027, 7, 1, tzinfo=UTC)
    paying = Article.objects.get(title="Ways to pay")
    assert (paying.body, paying.slug, paying.language) == ("By card.", "ways-to-pay", "en")
    assert paying.category == "Help"
    assert find_sources(base_id=base.pk, question="How long are gift cards valid?")


def test_the_same_again_changes_nothing(base: KnowledgeBase, folder: Path) -> None:
    run(base, folder)
    before = list(Article.objects.values())
    report = run(base, folder, prune=True, overwrite=False)
    assert (report.added, report.changed, report.disabled) == ([], [], [])
    assert len(report.unchanged) == 3
    assert list(Article.objects.values()) == before


def test_a_changed_page_changes_its_article_and_no_other(base: KnowledgeBase, folder: Path) -> None:
    run(base, folder)
    slugs = set(Article.objects.values_list("pk", "slug"))
    (folder / "paying.md").write_text("# Paying\n\nBy card or invoice.", "utf-8")
    assert run(base, folder).changed == ["paying.md"]
    assert Article.objects.get(slug="ways-to-pay").body == "By card or invoice."
    assert set(Article.objects.values_list("pk", "slug")) == slugs


def test_a_dry_run_says_the_same_and_does_nothing(base: KnowledgeBase, folder: Path) -> None:
    assert len(run(base, folder, dry_run=True).added) == 3
    assert not Article.objects.exists()
    run(base, folder)
    (folder / "paying.md").unlink()
    assert run(base, folder, prune=True, dry_run=True).disabled == ["paying.md"]
    assert Article.objects.filter(enabled=True).count() == 3


def test_what_vanished_is_switched_off_only_when_asked_and_comes_back(
    base: KnowledgeBase, folder: Path
) -> None:
    run(base, folder)
    text = (folder / "paying.md").read_text("utf-8")
    (folder / "paying.md").unlink()
    assert run(base, folder).disabled == []
    assert run(base, folder, prune=True).disabled == ["paying.md"]
    assert find_sources(base_id=base.pk, question="ways to pay", now=NOW) == ()
    (folder / "paying.md").write_text(text, "utf-8")
    assert run(base, folder).changed == ["paying.md"]
    assert find_sources(base_id=base.pk, question="ways to pay", now=NOW)


def test_what_a_person_switched_off_stays_off(base: KnowledgeBase, folder: Path) -> None:
    run(base, folder)
    Article.objects.filter(title="Ways to pay").update(enabled=False)
    (folder / "paying.md").write_text("# Ways to pay\n\nBy card only.", "utf-8")
    run(base, folder)
    assert not Article.objects.get(title="Ways to pay").enabled


def test_other_articles_and_other_imports_are_left_alone(
    base: KnowledgeBase, folder: Path, write: Write
) -> None:
    write("Ways to pay", "Written by hand.", slug="ways-to-pay")
    import_path(path=folder, order=Order(base=base, origin="another"), now=NOW)
    run(base, folder)
    for path in folder.rglob("*.md"):
        path.unlink()
    run(base, folder, prune=True)
    assert Article.objects.get(slug="ways-to-pay").body == "Written by hand."
    assert Article.objects.filter(origin="another", enabled=True).count() == 3
    assert Article.objects.filter(origin="help", enabled=True).count() == 1


def test_nothing_is_switched_off_where_nothing_could_be_read(
    base: KnowledgeBase, folder: Path, tmp_path: Path
) -> None:
    run(base, folder)
    (tmp_path / "empty").mkdir()
    report = run(base, tmp_path / "empty", prune=True)
    assert report.disabled == []
    assert "nothing was disabled" in str(report.notes[0])


def test_a_page_that_cannot_be_read_now_has_not_vanished(base: KnowledgeBase, folder: Path) -> None:
    run(base, folder)
    (folder / "paying.md").write_bytes(b"\x00\xff\x00")
    (folder / "faq.csv").write_text("no columns\n", "utf-8")
    report = run(base, folder, prune=True)
    assert report.disabled == []
    assert {problem.file for problem in report.problems} == {"paying.md", "faq.csv"}


def test_an_article_edited_here_is_never_overwritten_unasked(
    base: KnowledgeBase, folder: Path
) -> None:
    run(base, folder)
    article = Article.objects.get(title="Ways to pay")
    article.body = "By card. Ask us about invoices."
    article.save()
    assert run(base, folder).problems == []
    (folder / "paying.md").write_text("# Ways to pay\n\nBy card or cash.", "utf-8")
    [problem] = run(base, folder).problems
    assert problem.file == "paying.md"
    assert "by hand" in problem.text
    assert Article.objects.get(pk=article.pk).body == "By card. Ask us about invoices."
    assert run(base, folder, overwrite=True).changed == ["paying.md"]
    assert Article.objects.get(pk=article.pk).body == "By card or cash."


def test_two_pages_of_one_title_are_two_articles_and_stay_so(
    base: KnowledgeBase, folder: Path
) -> None:
    (folder / "orders" / "paying.md").write_text("# Ways to pay\n\nIn the store: cash.", "utf-8")
    run(base, folder)
    slugs = set(Article.objects.filter(title="Ways to pay").values_list("slug", flat=True))
    assert len(slugs) == 2
    assert run(base, folder).changed == []


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("---\ntitle: [a\n---\nBody", 2, "not YAML"),
        ("---\ntitle: A\nBody", 1, "not closed"),
        ("---\nvalid_until: soon\n---\nBody", 0, "no day"),
        ("---\nvalid_from: 2027-02-01\nvalid_until: 2027-01-01\n---\nB", 5, "not after"),
        ("---\nlanguage: [de, en]\n---\nBody", 0, "several values"),
        ("---\nurl: javascript:alert(1)\n---\nBody", 4, "Give a URL or a path"),
        ("---\nlanguage: <b>\n---\nBody", 4, "code such as en"),
        ("---\na: &a [*a]\n---\nBody", 1, "references"),
        ("---\ntitle: A\n---\n", 4, "no text"),
        (f"# {'x' * 201}\n\nBody", 1, "200 fit"),
        ("x" * (MAX_BODY_CHARACTERS + 1), 1, "at most"),
    ],
)
def test_a_bad_file_is_named_with_its_line_and_stops_no_other(
    base: KnowledgeBase, folder: Path, text: str, line: int, what: str
) -> None:
    (folder / "bad.md").write_text(text, "utf-8")
    report = run(base, folder)
    [problem] = report.problems
    assert (problem.file, problem.line) == ("bad.md", line)
    assert what in problem.text
    assert len(report.added) == 3


@pytest.mark.parametrize(
    ("data", "body", "is_noted"),
    [
        ("Größe – 5 €".encode(), "Größe – 5 €", False),
        ("\ufeffGröße".encode(), "Größe", False),
        ("Größe".encode("utf-16"), "Größe", False),
        ("Größe – 5 €".encode("cp1252"), "Größe – 5 €", True),
        (b"a\r\n\r\n\r\n\r\nb\x07", "a\n\nb", False),
    ],
)
def test_odd_encodings_are_read_and_guesses_are_told(
    base: KnowledgeBase, tmp_path: Path, data: bytes, body: str, is_noted: bool
) -> None:
    (tmp_path / "size.md").write_bytes(data)
    report = run(base, tmp_path)
    assert Article.objects.get().body == body
    assert bool(report.notes) == is_noted


def test_a_link_out_of_the_folder_is_not_followed(
    base: KnowledgeBase, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("Secret.", "utf-8")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    [problem] = run(base, folder).problems
    assert "leads out" in problem.text
    assert not Article.objects.filter(body="Secret.").exists()


def test_a_place_that_is_not_there_is_said(base: KnowledgeBase, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no such file"):
        run(base, tmp_path / "nowhere")
    (tmp_path / "picture.png").write_bytes(b"x")
    with pytest.raises(Refused, match="no known kind"):
        run(base, tmp_path / "picture.png")
