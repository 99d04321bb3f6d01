"""A web page becomes harmless Markdown: its own text, and nothing that could run or mislead."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from llm_bridge.knowledge.importing.html import MAX_TAGS, parse_html
from llm_bridge.knowledge.importing.pages import Page, Refused

XSS = Path(__file__).parents[4] / "shared" / "data" / "xss"

PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><title>Returns | Shop</title><script>alert(1)</script>
<link rel="canonical" href="https://shop.example/help/returns"></head>
<body><nav><a href="/">Home</a></nav><header><h1>Returns &amp; refunds</h1></header>
<form><div>Send <b>any</b> item<span>s</span> back. <a href="pay">Paying</a>,
<a href="javascript:x()">not</a>.</div>
<div>Second part.</div><h2>How</h2><ul><li>Pack it<li>Send it<ol><li>by post</ol></ul>
<table><tr><th>Country</th><th>Price</th></tr><tr><td>UK</td><td>3.90</td></tr></table>
<p hidden>hidden</p><p style="display: none">gone</p><!-- comment --><style>p{}</style>
<p>1. First * of [all] &lt;b&gt;</p><button>Buy</button></form>
<footer>Imprint</footer></body></html>"""


def parse(html: str | bytes, url: str = "") -> Page:
    data = html.encode() if isinstance(html, str) else html
    return parse_html(data=data, key="returns.html", stem="returns", url=url)


def test_headings_lists_tables_and_links_stay() -> None:
    page = parse(PAGE)
    assert (page.title, page.language) == ("Returns & refunds", "en-GB")
    assert page.url == "https://shop.example/help/returns"
    assert page.body.splitlines() == [
        "Send **any** items back. [Paying](https://shop.example/help/pay),",
        "not.",
        "",
        "Second part.",
        "",
        "## How",
        "",
        "- Pack it",
        "- Send it",
        "  1. by post",
        "",
        "| Country | Price |",
        "| --- | --- |",
        "| UK | 3.90 |",
        "",
        r"1\. First \* of \[all] \<b>",
    ]


def test_the_pages_own_part_is_taken_where_it_is_marked() -> None:
    html = "<body><div>Menu</div><main><h1>A</h1><aside>Note.</aside><p>Text.</p></main>x</body>"
    assert parse(html).body.split() == ["Note.", "Text."]


def test_the_title_is_the_heading_else_the_pages_else_the_files() -> None:
    assert parse("<title>T</title><p>x</p>").title == "T"
    assert parse("<p>x</p>").title == "Returns"


def test_an_address_that_is_told_is_taken() -> None:
    assert parse(PAGE, url="https://shop.example/new").url == "https://shop.example/new"


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<div>" * 500 + "x", "nested"),
        ("<b>x</b>" * (MAX_TAGS + 1), "tags"),
        ("<html><body><script>x</script></body></html>", "no text"),
        ("", "no text"),
    ],
)
def test_what_no_person_wrote_is_refused(html: str, what: str) -> None:
    with pytest.raises(Refused, match=what):
        parse(html)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8"])
def test_pages_say_their_encoding(encoding: str) -> None:
    html = f'<html><head><meta charset="{encoding}"></head><body><p>Größe</p></body></html>'
    assert parse(html.encode(encoding)).body == "Größe"


HOSTILE = [
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<p>[x](javascript:alert(1))</p>",
    '<p><a href=" java\nscript:alert(1)">x</a></p>',
    '<p><a href="https://a.example/)](javascript:alert(1)">x</a></p>',
    '<p><a href="data:text/html,x">x</a><a href="//evil.example">y</a></p>',
    "<p>`<img src=x onerror=alert(1)>`</p><pre>```\n&lt;script&gt;x&lt;/script&gt;</pre>",
    "<p>&amp;lt;script&amp;gt;</p>",
    '<p>x<svg onload="alert(1)"><a xlink:href="javascript:x">y</a></svg></p>',
    "<p>x</p><p>[a]: javascript:alert(1)</p><p>[a]</p>",
    "<p>x <a href=https://a.example/><img src=x onerror=alert(1)>text</a></p>",
]


def read_attacks() -> list[str]:
    found = []
    for path in sorted(XSS.glob("*.jsonl.gz")) if XSS.exists() else []:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        found += [text for row in rows for text in map(str, row.values()) if "<" in text]
    return found


PROSE = "p h1 h2 h3 h4 h5 h6 ul ol li strong em a code pre br hr blockquote"
HARMLESS = frozenset(f"{PROSE} table thead tbody tr th td".split())


def find_harm(page: Page) -> list[str]:
    """What a renderer that even lets HTML through would make of it."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(page.body)
    soup = BeautifulSoup(rendered, "html.parser")
    harm = [tag.name for tag in soup.find_all(True) if tag.name not in HARMLESS]
    harm += [str(tag) for tag in soup.find_all(True) if any(k.startswith("on") for k in tag.attrs)]
    links = [str(tag.get("href")) for tag in soup.find_all("a")]
    return harm + [link for link in links if not re.match(r"(https?://|mailto:)", link)]


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_pages_end_as_harmless_text(html: str) -> None:
    assert find_harm(parse(f"<html><body>{html}<p>end</p></body></html>")) == []


@pytest.mark.skipif(not XSS.exists(), reason="the shared data set xss is not here")
def test_known_attacks_end_as_harmless_text() -> None:
    attacks = read_attacks()
    assert len(attacks) > 100
    harm = {}
    for attack in attacks:
        try:
            found = find_harm(parse(f"<html><body><p>a</p>{attack}<p>z</p></body></html>"))
        except Refused:
            continue
        if found:
            harm[attack] = found
    assert harm == {}
