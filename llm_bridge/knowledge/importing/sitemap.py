"""Reads a saved sitemap: which address each of the pages saved beside it has."""

from __future__ import annotations

from collections.abc import Container
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from llm_bridge.knowledge.importing.pages import Refused

MAX_ADDRESSES = 50_000  # what one sitemap may hold
_ENDINGS = ("", ".html", ".htm", ".md")
_INDEXES = ("index.html", "index.htm", "index.md")


def parse_sitemap(data: bytes) -> tuple[list[str], list[str]]:
    """Addresses of pages, and of further sitemaps. Raises Refused."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refused("It defines entities or a document type: take those lines out.") from error
    except (ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (0, 0))[0]
        raise Refused("It is no XML.", line=line) from error
    kind = _name(root)
    if kind not in {"urlset", "sitemapindex"}:
        raise Refused("It is no sitemap: its first element is neither urlset nor sitemapindex.")
    addresses = [
        text
        for entry in root
        for loc in entry
        if _name(loc) == "loc" and (text := (loc.text or "").strip())
    ]
    if len(addresses) > MAX_ADDRESSES:
        raise Refused(f"It has more than {MAX_ADDRESSES:,} addresses.")
    return (addresses, []) if kind == "urlset" else ([], addresses)


def find_place(address: str, *, folder: str, places: Container[str]) -> str | None:
    """The file that holds an address, beside the sitemap: `/help/returns` is `help/returns.html`
    or `help/returns/index.html`, below a folder named after the host or not."""
    return next((each for each in _build_places(address, folder) if each in places), None)


def is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _build_places(address: str, folder: str) -> list[str]:
    parts = urlsplit(address)
    path = unquote(parts.path).strip("/")
    if ".." in PurePosixPath(path).parts:
        return []
    names = [f"{path}{ending}" for ending in _ENDINGS if path]
    if parts.query:
        stem = path or "index.html"
        names = [f"{stem}{mark}{parts.query}{ending}" for mark in "?@" for ending in _ENDINGS[:2]]
    else:
        names += [f"{path}/{index}" if path else index for index in _INDEXES]
    hosts = ("", f"{parts.netloc}/", f"{parts.hostname}/")
    prefix = f"{folder}/" if folder else ""
    return [f"{prefix}{host}{name}" for host in hosts for name in names]


def _name(element: Element) -> str:
    """Without its namespace."""
    return str(element.tag).rpartition("}")[2]
