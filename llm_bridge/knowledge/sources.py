"""The sources of an answer: relevant articles with their best passages, or a quote of the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel import Locale, UnknownLocaleError
from django.utils import timezone

from llm_bridge.excerpts import cut_at_sentence
from llm_bridge.knowledge.chunks import show
from llm_bridge.knowledge.finding import Finding, find
from llm_bridge.knowledge.lexicon import build_language
from llm_bridge.knowledge.ranking import Hit
from llm_bridge.values import Source

__all__ = ["Quote", "find_sources", "quote"]

# Both measured by `python -m benchmarks.knowledge` on questions in and out of scope.
RELEVANT = 0.45
QUOTABLE = 0.6

MAX_SOURCE_CHARACTERS = 1_500
MAX_QUOTE_CHARACTERS = 700

_INTRODUCTIONS = {
    "de": "Von unserer Hilfeseite **{title}**:",
    "en": "From our help page **{title}**:",
    "es": "De nuestra página de ayuda **{title}**:",
    "fr": "Extrait de notre page d’aide **{title}** :",
    "it": "Dalla nostra pagina di aiuto **{title}**:",
    "nl": "Van onze hulppagina **{title}**:",
    "pt": "Da nossa página de ajuda **{title}**:",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer in an article's own words, with where it comes from."""

    text: str
    sources: tuple[Source, ...]


def find_sources(
    *,
    base_id: int,
    question: str,
    limit: int = 3,
    language: str = "en",
    now: datetime | None = None,
) -> tuple[Source, ...]:
    """The live articles that are relevant to the question, best first; often none.

    Those in the question's language if any of them is relevant, else those in others. `language`
    is what it is expected to be in; what its small words say counts more.
    """
    finding = find(base_id=base_id, question=question, language=language, now=now or timezone.now())
    relevant = [hit for hit in finding.hits if hit.score >= RELEVANT]
    spoken = [hit for hit in relevant if hit.language == finding.language]
    return tuple(_build_source(hit, finding) for hit in (spoken or relevant)[:limit])


def quote(*, sources: tuple[Source, ...], language: str) -> Quote | None:
    """The best source's best words, introduced; None when it is not clearly about the question."""
    best = next((source for source in sources if source.kind == "article"), None)
    if best is None or best.score < QUOTABLE:
        return None
    introduction = _introduce(best, build_language(language))
    excerpt = cut_at_sentence(best.text.split("\n\n")[0], limit=MAX_QUOTE_CHARACTERS)
    return Quote(text=f"{introduction}\n\n{excerpt}", sources=(best,))


def _introduce(source: Source, language: str) -> str:
    """Names the page; and its language, if it is another than the visitor's."""
    title = source.title
    written = build_language(source.language) if source.language else language
    introduction = _INTRODUCTIONS.get(language, _INTRODUCTIONS["en"])
    if written == language or not (name := _find_name(written, language)):
        return introduction.format(title=title)
    return introduction.replace("**{title}**", "**{title}** ({name})").format(
        title=title, name=name
    )


def _find_name(code: str, language: str) -> str | None:
    """What a language is called in another, if anybody knows."""
    try:
        names = Locale.parse(language if language in _INTRODUCTIONS else "en").languages
    except (UnknownLocaleError, ValueError):
        return None
    return names.get(code)


def _build_source(hit: Hit, finding: Finding) -> Source:
    """The article's best passage and further ones that fit."""
    rows = [finding.passages[pk] for pk in hit.passages]
    best, article = rows[0], rows[0].article
    return Source(
        title=article.title,
        url=article.url,
        text=_join([show(heading=row.heading, text=row.text) for row in rows]),
        score=hit.score,
        article_id=article.pk,
        heading=best.heading,
        passage_id=best.pk,
        language=article.language,
    )


def _join(passages: Sequence[str]) -> str:
    text = passages[0][:MAX_SOURCE_CHARACTERS]
    for passage in passages[1:]:
        if len(text) + len(passage) + 2 <= MAX_SOURCE_CHARACTERS:
            text = f"{text}\n\n{passage}"
    return text
