"""Reads a saved web page: its own text as Markdown, without what stands around it.

Whatever the page brings, the result is text: no HTML, no scripts, links to web and mail only.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString
from bs4.exceptions import ParserRejectedMarkup
from markdownify import MarkdownConverter

from llm_bridge.knowledge.importing.pages import Page, Refused, build_page

# Both far beyond any page that a person wrote.
MAX_TAGS = 50_000
MAX_DEPTH = 120

_DROPPED = frozenset(
    """script style noscript template nav footer button input select textarea iframe object embed
    applet svg math canvas video audio picture img map link meta base dialog frame""".split()  # noqa: SIM905
)
_AROUND = frozenset({"navigation", "banner", "contentinfo", "search"})
_INLINE = ["span", "font", "big", "small", "u", "bdi", "bdo", "nobr", "wbr"]
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_\[<|])")
# What begins a list, a heading or a quotation where a line begins.
_AT_START = re.compile(r"^(\s*)([-+#=>]|\d+[.)])(?=[-+#=>\s]|$)", re.MULTILINE)


def parse_html(*, data: bytes, key: str, stem: str, url: str) -> Page:
    """The page; `url` is where it is said to stand, else it may say so itself. Raises Refused."""
    if data.count(b"<") > 2 * MAX_TAGS:
        raise Refused(f"It has more than {MAX_TAGS:,} tags. Save the page's text alone.")
    try:
        soup = BeautifulSoup(data, "lxml")
    except ParserRejectedMarkup as error:
        raise Refused("It is no HTML page.") from error
    told = {"language": _find_language(soup), "url": url or _find_url(soup)}
    title = _get_words(soup.find("h1")) or _get_words(soup.find("title"))
    content = _find_content(soup)
    _clean(content)
    converter = _Converter(
        base=told["url"], heading_style="ATX", bullets="-", strip=["img"], newline_style="BACKSLASH"
    )
    text = converter.convert_soup(content)
    fallback = stem.replace("-", " ").replace("_", " ").strip().capitalize()
    told["title"] = title[:200]
    return build_page(key=key, file=key, line=0, body=text, told=told, fallback=fallback)


def _find_language(soup: BeautifulSoup) -> str:
    html = soup.find("html")
    code = html.get("lang") if isinstance(html, Tag) else ""
    is_code = isinstance(code, str) and re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", code)
    return str(code)[:16] if is_code else ""


def _find_url(soup: BeautifulSoup) -> str:
    link = soup.find("link", rel="canonical")
    address = link.get("href") if isinstance(link, Tag) else ""
    is_web = isinstance(address, str) and re.fullmatch(r"https?://[^\s<>\"]{1,490}", address)
    return str(address) if is_web else ""


def _find_content(soup: BeautifulSoup) -> Tag:
    """The page's own part, as it marks it."""
    found = soup.find("main") or soup.find(role="main")
    if isinstance(found, Tag):
        return found
    articles = soup.find_all("article", limit=2)
    if len(articles) == 1:
        return articles[0]
    body = soup.body or soup
    for around in body.find_all(["header", "aside"]):
        if not around.decomposed:
            around.decompose()
    return body


def _get_words(tag: object) -> str:
    return " ".join(tag.get_text(" ").split()) if isinstance(tag, Tag) else ""


def _clean(content: Tag) -> None:
    if title := content.find("h1"):
        title.decompose()
    for text in content.find_all(string=lambda each: isinstance(each, PreformattedString)):
        text.extract()
    for tag in content.find_all(_is_dropped):
        if not tag.decomposed:
            tag.decompose()
    for tag in content.find_all(_INLINE):
        tag.unwrap()
    _check_depth(content)


def _is_dropped(tag: Tag) -> bool:
    role, style = tag.get("role"), tag.get("style")
    return (
        tag.name in _DROPPED
        or ":" in tag.name
        or role in _AROUND
        or tag.has_attr("hidden")
        or tag.get("aria-hidden") == "true"
        or (isinstance(style, str) and _HIDDEN.search(style) is not None)
    )


def _check_depth(content: Tag) -> None:
    """Conversion goes into depth, so what is nested without end is refused before."""
    level: list[Tag] = [content]
    for _ in range(MAX_DEPTH):
        level = [child for tag in level for child in tag.children if isinstance(child, Tag)]
        if not level:
            return
    raise Refused(f"Its tags are nested more than {MAX_DEPTH} deep. Save its text alone.")


class _Converter(MarkdownConverter):
    """Links that lead nowhere good become their words; what Markdown would read is escaped."""

    def __init__(self, *, base: str, **options: Any) -> None:
        super().__init__(**options)
        self._base = base

    def escape(self, text: str, parent_tags: set[str]) -> str:
        if "pre" in parent_tags or "code" in parent_tags:
            return text
        return _AT_START.sub(_escape_start, _SPECIAL.sub(r"\\\1", text))

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Code that would end its own fence cannot."""
        # Missing in its stubs.
        converted: str = super().convert_pre(el, text.replace("```", "'''"), parent_tags)  # type: ignore[misc]
        return converted

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        address = _find_address(str(el.get("href") or ""), self._base)
        words = " ".join(text.split())
        return f"[{words}]({address})" if address and words else text


def _escape_start(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark[:-1]}\\{mark[-1]}"


def _find_address(href: str, base: str) -> str:
    """An address of web or mail; empty for any other, and for one that needs a base we lack."""
    href = re.sub(r"[\x00-\x20]", "", href)
    try:
        whole = urljoin(base, href) if base else href
        scheme = urlsplit(whole).scheme.lower()
    except ValueError:
        return ""
    is_safe = scheme in {"http", "https", "mailto"} and not re.search(r"[<>\\\"'`|]", whole)
    plain = whole.replace("(", "%28").replace(")", "%29")
    return plain if is_safe and not href.startswith("#") else ""
