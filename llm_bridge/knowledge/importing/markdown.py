"""Reads a Markdown file, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from llm_bridge.knowledge.importing.pages import Page, Refused, build_page

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)(?:\n)?^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
MAX_FRONT_CHARACTERS = 20_000


def parse_markdown(*, text: str, key: str, stem: str) -> Page:
    """The page; its title is the front matter's, else the first heading, else the file's name.
    Raises Refused."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    told, body, line = _split(text)
    fallback = stem.replace("-", " ").replace("_", " ").strip().capitalize()
    if found := _HEADING.match(body):
        fallback = found[1]
        if told.get("title", fallback) == fallback:
            body = body[found.end() :]
    return build_page(key=key, file=key, line=line, body=body, told=told, fallback=fallback)


def _split(text: str) -> tuple[Mapping[str, object], str, int]:
    """Front matter, the rest, and the line where the rest begins."""
    found = _FRONT.match(text)
    if found is None:
        if text.startswith("---\n") and re.match(r"---\n\s*\w+:", text):
            raise Refused("Its front matter is not closed: add a line ---.", line=1)
        return {}, text, 1
    front = found[1]
    if len(front) > MAX_FRONT_CHARACTERS or re.search(r"(?<![\w\"'])[&*]\w", front):
        raise Refused("Its front matter is too large or has references (& and *).", line=1)
    try:
        told = yaml.safe_load(front)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise Refused(
            "Its front matter is not YAML: write each line as name: value.", line=line
        ) from error
    if told is None:
        told = {}
    if not isinstance(told, dict):
        raise Refused("Its front matter is no list of names and values.", line=1)
    return (
        {str(name): value for name, value in told.items()},
        text[found.end() :],
        (found[0].count("\n") + 1),
    )
