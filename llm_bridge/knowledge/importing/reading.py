"""Reads all files of an import; what is wrong with one never stops the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from llm_bridge.knowledge.importing.csv_rows import parse_rows
from llm_bridge.knowledge.importing.html import parse_html
from llm_bridge.knowledge.importing.markdown import parse_markdown
from llm_bridge.knowledge.importing.pages import Harvest, Page, Problem, Refused
from llm_bridge.knowledge.importing.shelf import Shelf
from llm_bridge.knowledge.importing.sitemap import find_place, is_address, parse_sitemap
from llm_bridge.knowledge.importing.text import GUESSED, parse_text

MAX_PAGES = 50_000
_HTML = frozenset({".html", ".htm", ".xhtml"})
_MARKDOWN = frozenset({".md", ".markdown"})


def read_shelf(shelf: Shelf, *, sitemap: str = "") -> Harvest:
    """Pages and problems, in the order of places; with `sitemap` only the pages it names."""
    harvest = Harvest(problems=list(shelf.problems))
    addresses: dict[str, str] = {}
    for place in [sitemap] if sitemap else _find(shelf, {".xml"}):
        _read_sitemap(shelf, place, addresses, harvest)
    every = _find(shelf, _HTML | _MARKDOWN | {".csv"})
    for place in addresses if sitemap else every:
        _read_file(shelf, place, addresses.get(place, ""), harvest)
    return harvest


def _find(shelf: Shelf, kinds: set[str] | frozenset[str]) -> list[str]:
    return [place for place in shelf.files if PurePosixPath(place).suffix.lower() in kinds]


def _read_sitemap(
    shelf: Shelf, place: str, addresses: dict[str, str], harvest: Harvest, *, depth: int = 0
) -> None:
    """Which file has which address; pages and sitemaps that were not saved are named."""
    harvest.files += 1
    try:
        pages, further = parse_sitemap(shelf.read(place))
    except Refused as refused:
        harvest.problems.append(Problem(place, refused.line, str(refused)))
        return
    folder = PurePosixPath(place).parent.as_posix().removeprefix(".")
    for address in (*pages, *further):
        saved = (
            find_place(address, folder=folder, places=shelf.files) if is_address(address) else None
        )
        if saved is None:
            text = f"{address} is not saved beside it. Save the page, or take the address out."
            harvest.problems.append(Problem(place, 0, text))
        elif address in pages:
            addresses[saved] = address
    if depth == 0:
        saved_maps = (find_place(each, folder=folder, places=shelf.files) for each in further)
        for each in filter(None, saved_maps):
            _read_sitemap(shelf, each, addresses, harvest, depth=1)


def _read_file(shelf: Shelf, place: str, url: str, harvest: Harvest) -> None:
    if len(harvest.pages) >= MAX_PAGES:
        harvest.problems.append(Problem(place, 0, f"There are more than {MAX_PAGES:,} pages."))
        return
    harvest.files += 1
    kind = PurePosixPath(place).suffix.lower()
    try:
        data = shelf.read(place)
        if kind in _HTML:
            stem = PurePosixPath(place).stem
            harvest.pages.append(parse_html(data=data, key=place[:500], stem=stem, url=url))
            return
        text, is_guess = parse_text(data)
        if is_guess:
            harvest.notes.append(Problem(place, 0, GUESSED))
        if kind in _MARKDOWN:
            page = parse_markdown(text=text, key=place[:500], stem=PurePosixPath(place).stem)
            harvest.pages.append(replace(page, url=page.url or url))
        else:
            _read_rows(text, place, harvest)
    except Refused as refused:
        harvest.problems.append(Problem(place, refused.line, str(refused)))


def _read_rows(text: str, place: str, harvest: Harvest) -> None:
    for row in parse_rows(text=text, key=place):
        if isinstance(row, Page):
            harvest.pages.append(row)
        else:
            harvest.problems.append(Problem(place, *row))
