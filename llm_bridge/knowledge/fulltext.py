"""Asks the database's full-text search: how common a term is, and which passages have some.

Both databases index the same terms, made by `lexicon`, so both find the same. A question is long
and a passage need not have all of its words: any will do, and the rare ones count most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

# As tables.build_live has it.
_LIVE = """
    a.enabled
    AND (a.valid_from IS NULL OR a.valid_from <= %s)
    AND (a.valid_until IS NULL OR a.valid_until > %s)"""
_PASSAGES = """
    llm_bridge_passage p JOIN llm_bridge_article a ON a.id = p.article_id"""
# CROSS JOIN keeps this order: words first. SQLite would begin with the base's passages.
_SQLITE = """
    llm_bridge_passage_search
    CROSS JOIN llm_bridge_passage p ON p.id = llm_bridge_passage_search.rowid"""


def count_passages(*, base_id: int, language: str, terms: Sequence[str]) -> dict[str, int]:
    """In how many of the base's passages in the language each term is, live or not."""
    if not terms:
        return {}
    if connection.vendor == "postgresql":
        one = (
            "SELECT count(*) FROM llm_bridge_passage p"
            " WHERE p.base_id = %s AND p.language = %s AND p.search @@ %s::tsquery"
        )
        queries = [_build_lexeme(term) for term in terms]
    else:
        one = (
            f"SELECT count(*) FROM {_SQLITE}"
            " WHERE p.base_id = %s AND p.language = %s AND llm_bridge_passage_search MATCH %s"
        )
        queries = [_build_token(term) for term in terms]
    parameters = [each for query in queries for each in (base_id, language, query)]
    [counts] = _fetch("SELECT " + ", ".join([f"({one})"] * len(terms)), parameters)
    return dict(zip(terms, counts, strict=True))


def find_passages(
    *, base_id: int, language: str, weights: Mapping[str, float], now: datetime, limit: int
) -> list[int]:
    """The ids of live passages with any of the terms, those with the most weight first."""
    if not weights:
        return []
    if connection.vendor == "postgresql":
        return _find_in_postgres(base_id, language, weights, now, limit)
    return _find_in_sqlite(base_id, language, weights, now, limit)


def _find_in_postgres(
    base_id: int, language: str, weights: Mapping[str, float], now: datetime, limit: int
) -> list[int]:
    lexemes = [_build_lexeme(term) for term in weights]
    one = "CASE WHEN p.search @@ %s::tsquery THEN %s::float8 ELSE 0 END"
    rank = " + ".join([one] * len(weights))
    ranked = [each for pair in zip(lexemes, weights.values(), strict=True) for each in pair]
    statement = f"""
        SELECT p.id FROM {_PASSAGES}
        WHERE p.search @@ %s::tsquery AND p.base_id = %s AND p.language = %s AND {_LIVE}
        ORDER BY {rank} DESC, p.length, p.id LIMIT %s"""
    parameters = [" | ".join(lexemes), base_id, language, now, now, *ranked, limit]
    return [row[0] for row in _fetch(statement, parameters)]


def _find_in_sqlite(
    base_id: int, language: str, weights: Mapping[str, float], now: datetime, limit: int
) -> list[int]:
    statement = f"""
        SELECT p.id FROM {_SQLITE} CROSS JOIN llm_bridge_article a ON a.id = p.article_id
        WHERE llm_bridge_passage_search MATCH %s AND p.base_id = %s AND p.language = %s AND {_LIVE}
        ORDER BY bm25(llm_bridge_passage_search), p.id LIMIT %s"""
    query = " OR ".join(_build_token(term) for term in weights)
    moment = connection.ops.adapt_datetimefield_value(now)
    return [row[0] for row in _fetch(statement, [query, base_id, language, moment, moment, limit])]


def _build_lexeme(term: str) -> str:
    """A term as it stands in a tsquery; it has word characters only."""
    return f"'{term}'"


def _build_token(term: str) -> str:
    """A term as it stands in FTS5's MATCH."""
    return f'"{term}"'


def _fetch(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
