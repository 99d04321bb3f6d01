"""A saved sitemap gives pages their addresses and names those that were not saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_bridge.models import Article, KnowledgeBase
from tests.llm_bridge.knowledge.test_import import run

HEAD = '<?xml version="1.0"?>'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def write_map(path: Path, *addresses: str, kind: str = "urlset") -> None:
    entry = "url" if kind == "urlset" else "sitemap"
    locs = "".join(f"<{entry}><loc>{each}</loc></{entry}>" for each in addresses)
    path.write_text(f"{HEAD}<{kind} {NAMESPACE}>{locs}</{kind}>", "utf-8")


def write_page(path: Path, title: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<h1>{title}</h1><p>About {title}.</p>", "utf-8")


def find_urls() -> dict[str, str]:
    return dict(Article.objects.values_list("title", "url"))


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("help/returns.html", "https://shop.example/help/returns"),
        ("help/returns.html", "https://shop.example/help/returns.html"),
        ("help/returns/index.html", "https://shop.example/help/returns/"),
        ("shop.example/help/returns.html", "https://shop.example/help/returns"),
        ("index.html", "https://shop.example/"),
        ("rücksendung.html", "https://shop.example/r%C3%BCcksendung"),
        ("faq?id=3.html", "https://shop.example/faq?id=3"),
    ],
)
def test_the_page_beside_it_gets_its_address(
    base: KnowledgeBase, tmp_path: Path, place: str, address: str
) -> None:
    write_page(tmp_path / place, "Returns")
    write_page(tmp_path / "other.html", "Other")
    write_map(tmp_path / "sitemap.xml", address)
    report = run(base, tmp_path / "sitemap.xml")
    assert (find_urls(), report.problems) == ({"Returns": address}, [])


def test_what_is_missing_is_named_and_the_rest_is_read(base: KnowledgeBase, tmp_path: Path) -> None:
    write_page(tmp_path / "a.html", "A")
    write_map(
        tmp_path / "sitemap.xml",
        "https://shop.example/a",
        "https://shop.example/b",
        "file:///etc/passwd",
        "https://shop.example/../../a",
    )
    report = run(base, tmp_path / "sitemap.xml")
    assert list(find_urls()) == ["A"]
    assert [problem.text.split(" is not saved")[0] for problem in report.problems] == [
        "https://shop.example/b",
        "file:///etc/passwd",
        "https://shop.example/../../a",
    ]


def test_a_folder_with_a_sitemap_is_read_whole(base: KnowledgeBase, tmp_path: Path) -> None:
    write_page(tmp_path / "a.html", "A")
    write_page(tmp_path / "b.html", "B")
    write_map(tmp_path / "sitemap.xml", "https://shop.example/a")
    run(base, tmp_path)
    assert find_urls() == {"A": "https://shop.example/a", "B": ""}


def test_an_index_leads_to_further_sitemaps(base: KnowledgeBase, tmp_path: Path) -> None:
    write_page(tmp_path / "a.html", "A")
    write_map(tmp_path / "pages.xml", "https://shop.example/a")
    write_map(tmp_path / "sitemap.xml", "https://shop.example/pages.xml", kind="sitemapindex")
    run(base, tmp_path / "sitemap.xml")
    assert find_urls() == {"A": "https://shop.example/a"}


BOMB = f'{HEAD}<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset>&b;</urlset>'
OUTSIDE = (
    f'{HEAD}<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<urlset><url><loc>&a;</loc></url></urlset>"
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (BOMB, "entities"),
        (OUTSIDE, "entities"),
        ("<urlset><url>", "no XML"),
        ("<rss></rss>", "no sitemap"),
        ("", "no XML"),
    ],
)
def test_what_is_no_sitemap_is_refused(
    base: KnowledgeBase, tmp_path: Path, text: str, what: str
) -> None:
    (tmp_path / "sitemap.xml").write_text(text, "utf-8")
    [problem] = run(base, tmp_path / "sitemap.xml").problems
    assert what in problem.text
