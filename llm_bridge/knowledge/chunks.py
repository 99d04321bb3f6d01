"""Cuts an article into passages: what can be found, quoted and named by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from llm_bridge.excerpts import cut_at_sentence

MAX_PASSAGE_CHARACTERS = 1_000
MAX_HEADING_CHARACTERS = 300

_PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage's words, without blank lines, and the headings above it, outermost first."""

    heading: str
    text: str


@dataclass(slots=True)
class _Block:
    kind: str
    text: str


def build_chunks(body: str) -> list[Chunk]:
    """Markdown in passages: a heading goes with each of what follows, a list stays with what
    precedes it, and what is too long is cut at sentences, rows or items."""
    cutter = _Cutter()
    for block in _read_blocks(body):
        cutter.take(block)
    return cutter.finish()


class _Cutter:
    """Keeps the last block until it is clear what belongs to it."""

    def __init__(self) -> None:
        self._chunks: list[Chunk] = []
        self._path: list[_Block] = []
        self._pending: _Block | None = None

    def take(self, block: _Block) -> None:
        before = self._pending
        if (
            before
            and block.kind in _LISTS
            and before.kind not in _HEADINGS
            and _fits(before, block)
        ):
            self._pending = _Block(block.kind, f"{before.text}\n{block.text}")
            return
        self._close(block)
        if block.kind in _HEADINGS:
            self._path = [each for each in self._path if each.kind < block.kind] + [block]
        self._pending = block

    def finish(self) -> list[Chunk]:
        self._close(None)
        return self._chunks

    def _close(self, following: _Block | None) -> None:
        """A heading is a passage by itself only where nothing stands below it."""
        block, path = self._pending, self._path
        if block is None:
            return
        if block.kind in _HEADINGS:
            has_more = following and (
                following.kind not in _HEADINGS or following.kind > block.kind
            )
            if has_more:
                return
            path = path[:-1]
        heading = " › ".join(each.text for each in path)[-MAX_HEADING_CHARACTERS:]
        self._chunks += [Chunk(heading, piece) for piece in _split(block)]


def _fits(before: _Block, block: _Block) -> bool:
    return len(before.text) + len(block.text) < MAX_PASSAGE_CHARACTERS


def _read_blocks(body: str) -> Iterator[_Block]:
    """The outermost blocks as they were written, headings as their words alone."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    tokens = _PARSER.parse("\n".join(lines))
    for at, token in enumerate(tokens):
        if token.level or token.map is None or token.nesting < 0 or token.type == "hr":
            continue
        if token.type == "heading_open":
            words = _build_words(tokens[at + 1])
            if words:
                kind = token.tag if len(words) <= MAX_HEADING_CHARACTERS // 2 else "paragraph_open"
                yield _Block(kind, words)
            continue
        written = (line.rstrip() for line in lines[token.map[0] : token.map[1]])
        text = "\n".join(line for line in written if line)
        if text.strip():
            yield _Block(token.type, text.strip("\n"))


def _build_words(inline: Token) -> str:
    children = inline.children or []
    words = "".join(child.content for child in children if child.type in {"text", "code_inline"})
    return " ".join(words.split())


def _split(block: _Block) -> Iterator[str]:
    if len(block.text) <= MAX_PASSAGE_CHARACTERS:
        yield block.text
        return
    head, lines = "", block.text.split("\n")
    if block.kind == "table_open":
        head, lines = "\n".join(lines[:2]) + "\n", lines[2:]
    room = max(MAX_PASSAGE_CHARACTERS - len(head), MAX_PASSAGE_CHARACTERS // 2)
    yield from (head + piece for piece in _pack(lines, room))


def _pack(lines: list[str], room: int) -> Iterator[str]:
    """As many lines together as there is room for; a line that is too long, by its sentences."""
    packed = ""
    for line in (piece for whole in lines for piece in _split_line(whole, room)):
        if packed and len(packed) + len(line) + 1 > room:
            yield packed
            packed = line
        else:
            packed = f"{packed}\n{line}" if packed else line
    if packed:
        yield packed


def _split_line(line: str, room: int) -> Iterator[str]:
    rest = line
    while len(rest) > room:
        piece = cut_at_sentence(rest, limit=room)
        if piece.endswith("…") and not rest.startswith(piece):
            piece = piece[:-1]
        piece = piece or rest[:room]
        yield piece.rstrip()
        rest = rest[len(piece) :].lstrip()
    if rest:
        yield rest


def show(*, heading: str, text: str) -> str:
    """A passage as it is quoted: its headings in bold above it."""
    plain = re.sub(r"[*_`\\]", "", heading)
    return f"**{plain}**\n{text}" if plain else text
