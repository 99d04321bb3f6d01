"""What an answer rests on: which sources the visitor may open, and what the exchange keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llm_bridge import gateway
from llm_bridge.approved.finding import Approved


def find_shown(answer: gateway.Answer) -> tuple[gateway.Source, ...]:
    """The sources the model says it used, perhaps none; all of them where it does not say."""
    if answer.used is None:
        return answer.sources
    return tuple(answer.sources[at] for at in answer.used)


def build_model_evidence(answer: gateway.Answer) -> list[dict[str, Any]]:
    """All that was found and looked up; `used` is null where the model did not say."""
    times = {each.name: each.ms for each in answer.looked_up}
    found = []
    for at, source in enumerate(answer.sources):
        is_used = None if answer.used is None else at in answer.used
        if source.kind == "tool":
            found.append(_build_tool(source, ms=times.get(source.title, 0), is_used=is_used))
        elif source.kind == "reply":
            found.append(_build_example(source, is_used=is_used))
        else:
            found.append(_build_article(source, is_used=is_used))
    failed = (_build_failed(each) for each in answer.looked_up if not each.found.facts)
    return [*found, *failed]


def build_fallback_evidence(
    found: Sequence[gateway.Source], quoted: Sequence[gateway.Source], approved: Approved | None
) -> list[dict[str, Any]]:
    """The approved reply that was given, every article found, and whether it was quoted."""
    used = {source.article_id for source in quoted}
    articles = [
        _build_article(source, is_used=source.article_id in used)
        for source in found
        if source.kind == "article"
    ]
    return [*([_build_reply(approved)] if approved else ()), *articles]


def _build_reply(approved: Approved) -> dict[str, Any]:
    """The score is 1 where the question has the approved question's own words."""
    return {
        "kind": "reply",
        "reply": approved.id,
        "title": approved.question,
        "is_exact": approved.is_exact,
        "score": approved.likeness,
        "used": True,
    }


def _build_article(source: gateway.Source, *, is_used: bool | None) -> dict[str, Any]:
    return {
        "article": source.article_id,
        "title": source.title,
        "url": source.url,
        "heading": source.heading,
        "passage": source.passage_id,
        "language": source.language,
        "score": round(source.score, 3),
        "used": is_used,
    }


def _build_example(source: gateway.Source, *, is_used: bool | None) -> dict[str, Any]:
    """An approved reply that the model was shown."""
    return {
        "kind": "reply",
        "reply": source.article_id,
        "title": source.title,
        "score": round(source.score, 3),
        "used": is_used,
    }


def _build_tool(source: gateway.Source, *, ms: int, is_used: bool | None) -> dict[str, Any]:
    return {
        "kind": "tool",
        "title": source.title,
        "text": source.text,
        "ms": ms,
        "used": is_used,
    }


def _build_failed(looked_up: gateway.LookedUp) -> dict[str, Any]:
    """A look-up that gave nothing: why, or what it would have had to know."""
    return {
        "kind": "tool",
        "title": looked_up.name,
        "error": looked_up.found.error,
        "missing": list(looked_up.found.missing),
        "ms": looked_up.ms,
        "used": False,
    }
