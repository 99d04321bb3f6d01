"""Answers become the small Markdown subset and nothing else, whatever their text says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

HOSTILE = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "data" / "xss"

RENDER = """async (text) => {
  const { renderMarkdown } = await import("/widget/markdown.js");
  const box = document.createElement("div");
  box.append(renderMarkdown(text));
  return box.innerHTML;
}"""

# Every node of every text: elements and attributes outside the subset, and what ran.
AUDIT = """async (texts) => {
  const { renderMarkdown } = await import("/widget/markdown.js");
  const allowed = { P: [], UL: [], OL: ["start"], LI: [], BR: [], STRONG: [], EM: [],
                    A: ["href", "target", "rel"] };
  const found = [];
  for (const name of ["alert", "confirm", "prompt", "print"]) {
    window[name] = () => found.push(`ran ${name}`);
  }
  for (const text of texts) {
    const box = document.createElement("div");
    box.append(renderMarkdown(text));
    document.body.append(box);
    for (const element of box.querySelectorAll("*")) {
      const attributes = element.getAttributeNames();
      const known = allowed[element.tagName];
      if (!known || attributes.some((name) => !known.includes(name))) found.push(element.outerHTML);
      const isSafe = !element.href || /^(https?|mailto):/.test(element.href);
      if (!isSafe) found.push(element.href);
    }
    box.querySelectorAll("*").forEach((element) => element.dispatchEvent(new Event("click")));
    box.remove();
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  return found;
}"""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *italic*", "<p><strong>bold</strong> and <em>italic</em></p>"),
        ("***both***", "<p><strong><em>both</em></strong></p>"),
        ("snake_case_name and 2 * 3 * 4", "<p>snake_case_name and 2 * 3 * 4</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("- a\n- **b**", "<ul><li>a</li><li><strong>b</strong></li></ul>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        (r"\*plain\* \[x\](https://a.example)", "<p>*plain* [x](https://a.example)</p>"),
        ("an **open end", "<p>an **open end</p>"),
        ("", ""),
    ],
)
def test_each_form_of_the_subset_becomes_its_element(page: Page, text: str, html: str) -> None:
    assert page.evaluate(RENDER, text) == html


@pytest.mark.parametrize("address", ["https://shop.example/a_(b)", "mailto:help@shop.example"])
def test_a_link_to_the_web_or_to_a_mailbox_opens_apart(page: Page, address: str) -> None:
    assert page.evaluate(RENDER, f"[here]({address})") == (
        f'<p><a href="{address}" target="_blank" rel="noopener noreferrer nofollow">here</a></p>'
    )


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "\x01javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "/relative",
    ],
)
def test_any_other_address_stays_text(page: Page, address: str) -> None:
    assert "<a" not in page.evaluate(RENDER, f"[here]({address})")


def test_html_in_an_answer_is_shown_as_it_was_written(page: Page) -> None:
    text = '<img src=x onerror="alert(1)"> & <b>'
    shown = "async (text) => { const box = document.createElement('div');"
    shown += " box.append((await import('/widget/markdown.js')).renderMarkdown(text));"
    shown += " return [box.textContent, box.querySelectorAll('img, b').length]; }"
    assert page.evaluate(shown, text) == [text, 0]


def test_a_streamed_piece_shows_a_links_words_without_the_link(page: Page) -> None:
    render = RENDER.replace("renderMarkdown(text)", "renderMarkdown(text, { links: false })")
    assert page.evaluate(render, "[care](https://a.example)") == "<p><span>care</span></p>"


def test_no_hostile_text_becomes_more_than_the_subset_or_runs(page: Page) -> None:
    if not HOSTILE.is_dir():
        pytest.skip("shared/data/xss is not here")
    texts = []
    for path in sorted(HOSTILE.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)["text"] for line in lines]
    assert len(texts) > 1000
    linked = [
        f"**{text}** [{text}]({text})\n- _{text}_ [x](javascript:{quote(text)})" for text in texts
    ]
    assert page.evaluate(AUDIT, texts + linked) == []


@pytest.mark.parametrize("unit", ["*a ", "**a _b ", "[", "[a](", "_*", "***a"])
def test_a_long_hostile_text_keeps_its_words(page: Page, unit: str) -> None:
    text = unit * 4000
    length = "async (text) => { const box = document.createElement('div');"
    length += " box.append((await import('/widget/markdown.js')).renderMarkdown(text));"
    length += " return box.textContent.replace(/[^a-z]/g, ''); }"
    assert page.evaluate(length, text) == "".join(filter(str.isalpha, text))
