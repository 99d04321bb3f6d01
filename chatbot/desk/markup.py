"""Stored messages as HTML: the small Markdown subset of INTERFACE, and nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_ADDRESSES = ("https://", "http://", "mailto:")


def build_html(text: str) -> SafeString:
    """Bold, italic, lists and links to http(s) and mailto; any HTML in `text` stays text."""
    html: str = _MARKDOWN.render(text)
    return mark_safe(html)  # noqa: S308 - the renderer escapes what it is given


def _open_link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, _env: Any
) -> str:
    tokens[index].attrs |= {"rel": "noopener noreferrer", "target": "_blank"}
    return renderer.renderToken(tokens, index, options, _env)


def _build_markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"html": False, "breaks": True})
    markdown.enable(["emphasis", "list", "link", "newline", "escape"])
    markdown.validateLink = lambda url: url.lower().startswith(_ADDRESSES)  # type: ignore[method-assign]  # its documented hook
    markdown.add_render_rule("link_open", _open_link)
    return markdown


_MARKDOWN = _build_markdown()
