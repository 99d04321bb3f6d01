"""What the guards are measured on: help articles, paraphrases of them, real answers, mutations."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llm_bridge.values import Source

DATA = Path(__file__).parents[3] / "shared" / "data"
ARTICLES = Path(__file__).parents[2] / "chatbot" / "demo" / "content" / "articles"
PARAPHRASES = Path(__file__).with_name("paraphrases.txt")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def read_articles() -> dict[str, Source]:
    """The demo shop's articles by name."""
    return {path.stem: _read_article(path) for path in sorted(ARTICLES.glob("*.md"))}


def _read_article(path: Path) -> Source:
    head, body = path.read_text("utf-8").split("---", 2)[1:]
    title = re.search(r"title: (.*)", head)
    return Source(
        title=title[1] if title else path.stem,
        url=f"/help/{path.stem}",
        text=body.strip(),
        score=1.0,
        article_id=1,
    )


def read_paraphrases() -> Iterator[tuple[str, str, str]]:
    """Article, language and a sentence that says, in other words, what the article says."""
    for line in PARAPHRASES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            article, language, text = line.split("|", 2)
            yield article, language, text


def read_jsonl(name: str) -> list[dict[str, Any]]:
    """The rows of a message set; none where it is absent."""
    path = DATA / name
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_policies() -> list[Source]:
    """ABCD's guidelines for agents, one source a flow."""
    path = DATA / "abcd" / "guidelines.json.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        flows = json.load(file)
    return [Source(name, "", "\n".join(_walk(flow)), 1.0, 1) for name, flow in flows.items()]


def _walk(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each)


def split_sentences(text: str) -> list[str]:
    return [each for each in _SENTENCE.split(text) if each.strip()]


_NUMBER = re.compile(r"(?<![\w.,@/-])\d+(?:[.,]\d+)?(?![\w@/])")
_UNIT = {"days": "weeks", "day": "week", "weeks": "days", "hours": "days", "years": "months",
         "months": "years", "minutes": "hours", "£": "€", "€": "£", "Tagen": "Wochen",
         "Werktage": "Wochen", "jours": "semaines", "Jahre": "Monate"}  # fmt: skip


def mutate_numbers(text: str) -> Iterator[str]:
    """Each figure once another one."""
    for match in _NUMBER.finditer(text):
        value = match[0]
        other = str(int(value) * 3 + 1) if value.isdigit() else re.sub(r"^\d+", "27", value)
        yield text[: match.start()] + other + text[match.end() :]


def mutate_units(text: str) -> Iterator[str]:
    """Each unit once another one."""
    for unit, other in _UNIT.items():
        pattern = re.escape(unit) + (r"(?!\w)" if unit.isalpha() else "")
        for match in re.finditer(pattern, text):
            before = text[max(0, match.start() - 16) : match.start()]
            if unit.isalpha() and not re.search(r"\d[\w\s-]*$", before):
                continue
            yield text[: match.start()] + other + text[match.end() :]


_TURNS = (
    (r"\bcan\b(?! not|not)", "cannot"),
    (r"\bcannot\b", "can"),
    (r"\bis free\b", "is not free"),
    (r"\b(do|does|is|are) not\b", r"\1"),
    (r"\bnever\b", ""),
    (r"\b(accept|include|cover|deliver|take)(s?)\b", r"do not \1"),
    (r"\b(is|are) (included|refunded|charged|kept)\b", r"\1 not \2"),
)


def turn_round(text: str) -> Iterator[str]:
    """The opposite, where a small change makes it."""
    for pattern, other in _TURNS:
        turned = re.sub(pattern, other, text, count=1)
        if turned != text and "not not" not in turned and "not do not" not in turned:
            yield turned


def swap_names(text: str) -> Iterator[str]:
    """Another way to pay, country or product."""
    for name, other in (
        ("PayPal", "Bitcoin"),
        ("Visa", "Dogecoin"),
        ("Klarna", "Afterpay"),
        ("UK", "US"),
        ("EU", "Canada"),
        ("French press", "Zorblax press"),
        ("Apple Pay", "Alipay"),
    ):
        if name in text:
            yield text.replace(name, other, 1)
