"""Reads a CSV file: one article a row, by the columns' names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from llm_bridge.knowledge.importing.pages import FIELDS, Page, Refused, build_page

if TYPE_CHECKING:
    from _csv import Reader

COLUMNS = (*FIELDS, "slug")
_BODIES = ("body", "text", "answer", "content")
_TITLES = ("title", "question")
MAX_CELL = 1_000_000


def parse_rows(*, text: str, key: str) -> Iterator[Page | tuple[int, str]]:
    """A page for each row, or its line and what is wrong with it; raises Refused for the file."""
    try:
        rows = _open(text)
        names = [name.strip().lower() for name in next(rows, [])]
    except csv.Error as error:
        raise Refused("It is no CSV file. Save it with commas or semicolons.") from error
    body = next((name for name in _BODIES if name in names), None)
    title = next((name for name in _TITLES if name in names), None)
    if body is None or title is None:
        raise Refused(
            f"Its first line has to name the columns, title and body among {', '.join(COLUMNS)}.",
            line=1,
        )
    seen: set[str] = set()
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error:
            yield line, "From here on it cannot be read: look for a quotation mark too many."
            return
        if row is None:
            return
        if any(cell.strip() for cell in row):
            page = _parse_row(row, names=names, file=key, line=line)
            if isinstance(page, Page) and page.key in seen:
                yield line, f"“{page.key}” stands here twice. Give each row a slug of its own."
                continue
            if isinstance(page, Page):
                seen.add(page.key)
            yield page


def _open(text: str) -> Reader:
    csv.field_size_limit(MAX_CELL)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _parse_row(row: list[str], *, names: list[str], file: str, line: int) -> Page | tuple[int, str]:
    if len(row) > len(names):
        return line, f"It has {len(row)} cells, the first line {len(names)}: quote the text."
    told = dict(zip(names, row, strict=False))
    body = next((told.pop(name) for name in _BODIES if name in told), "")
    title = next((told[name] for name in _TITLES if name in told), "")
    identity = told.get("slug") or told.get("url") or " ".join(title.split()).lower()
    if not identity:
        return line, "It has no title."
    try:
        return build_page(
            key=f"{file}#{identity}"[:500],
            file=file,
            line=line,
            body=body,
            told={**told, "title": title},
            fallback="",
        )
    except Refused as refused:
        return line, str(refused)
