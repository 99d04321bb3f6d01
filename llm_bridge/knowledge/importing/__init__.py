"""Articles from Markdown, HTML, CSV and saved sitemaps: read, compared, recorded, reported."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from llm_bridge.knowledge.importing.pages import Harvest, Problem, Refused
from llm_bridge.knowledge.importing.reading import read_shelf
from llm_bridge.knowledge.importing.recording import Order, Report, record_pages
from llm_bridge.knowledge.importing.shelf import open_path, open_upload

__all__ = [
    "Order",
    "Problem",
    "Refused",
    "Report",
    "build_origin",
    "import_path",
    "import_uploads",
]


def import_path(*, path: Path, order: Order, now: datetime) -> Report:
    """A folder, a file, an archive, or a saved sitemap with its pages. Raises Refused."""
    shelf = open_path(path)
    sitemap = path.name if path.suffix.lower() == ".xml" else ""
    return record_pages(harvest=read_shelf(shelf, sitemap=sitemap), order=order, now=now)


def import_uploads(*, files: list[tuple[str, bytes]], order: Order, now: datetime) -> Report:
    """Files as a browser sends them, each with its name."""
    whole = Harvest()
    for name, data in files:
        try:
            part = read_shelf(open_upload(name=name, data=data))
        except Refused as refused:
            whole.problems.append(Problem(name, 0, str(refused)))
            continue
        whole.pages += part.pages
        whole.problems += part.problems
        whole.notes += part.notes
        whole.files += part.files
    return record_pages(harvest=whole, order=order, now=now)


def build_origin(path: Path) -> str:
    """The import's name, where nobody gave one: the folder's or the file's; a sitemap is called
    after its folder."""
    whole = path.resolve()
    named = whole.parent if whole.suffix.lower() == ".xml" else whole
    return named.name.removesuffix(".zip")[:120] or "import"
