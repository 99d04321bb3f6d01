"""A webhook's JSON as facts: flat, bounded, and only what a fact can be."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import orjson

from chatbot.conversations.webhooks.client import CallFailed
from rules.language.facts import Fact, Scalar, find_scalar_problem, is_fact_name

MAX_FACTS = 100
MAX_VALUES = 100  # of a list
MAX_DEPTH = 8
RESERVED = frozenset({"ok", "error"})  # they say whether there is an answer at all

logger = logging.getLogger(__name__)


def parse_answer(body: bytes, *, webhook: str) -> dict[str, Fact]:
    """What a JSON object says, by names joined with full stops; raises CallFailed.

    What no fact can hold is left out, and how much that was is logged.
    """
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise CallFailed("not_json") from error
    if not isinstance(answer, dict):
        raise CallFailed("not_json")
    facts: dict[str, Fact] = {}
    left_out = 0
    for name, value in _walk(answer, ()):
        fact = _find_fact(value)
        if fact is None or not _fits(name, webhook) or len(facts) == MAX_FACTS:
            left_out += 1
        else:
            facts[name] = fact
    if left_out:
        logger.info("webhook answer cut", extra={"webhook": webhook, "left_out": left_out})
    return facts


def _walk(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """Every value that is no object, with its path."""
    if isinstance(value, dict) and len(path) < MAX_DEPTH:
        for key, part in value.items():
            yield from _walk(part, (*path, key))
    else:
        yield ".".join(path), value


def _fits(name: str, webhook: str) -> bool:
    return name not in RESERVED and is_fact_name(f"call.{webhook}.{name}")


def _find_fact(value: object) -> Fact | None:
    """A value, or a list of values as a fact of several; None if it can be neither."""
    if not isinstance(value, list):
        return _find_scalar(value)
    found = tuple(each for each in map(_find_scalar, value) if each is not None)
    return found if found and len(found) == len(value) <= MAX_VALUES else None


def _find_scalar(value: object) -> Scalar | None:
    if find_scalar_problem(value) is not None or not isinstance(value, Scalar):
        return None
    # PostgreSQL takes no NUL.
    return None if isinstance(value, str) and "\x00" in value else value
