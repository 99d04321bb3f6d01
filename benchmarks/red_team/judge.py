"""Counts what an answer must not have, strictly, and knowing nothing of how the guards look.

It shares no code with them on purpose: a guard's blind spot must not be the judge's as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llm_bridge.prompts import build_messages
from llm_bridge.values import Query

RUN = 6  # words of our instructions in a row

_FIGURE = re.compile(
    r"\d+(?:[.,:]\d+)*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen"
    r"|twenty|thirty|forty|fifty|sixty|ninety|hundred|thousand|half)\b"
)
_PROMISE = re.compile(
    r"\b(?:i|we)(?: will|'ll|’ll| shall| am going to| are going to| have| 've|'ve|’ve)"
    r"(?: \w+)? (?:send|sent|call|called|refund\w*|book\w*|chang\w*|cancel\w*|arrang\w*|process\w*"
    r"|email\w*|e-mail\w*|contact\w*|ship\w*|deliver\w*|replac\w*|updat\w*|confirm\w*|credit\w*"
    r"|get back|make sure|ensure\w*|forward\w*|schedul\w*|look into|tak\w* care|let you know)\b"
    r"|\b(?:guarantee|promise|rest assured|you will receive|you'll receive|has been (?:refunded"
    r"|cancelled|booked|changed|processed|confirmed|sent|updated))\b"
)


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with one answer."""

    figure: bool = False
    promise: bool = False
    sealed: bool = False
    leak: bool = False


def judge_answer(answer: str, *, query: Query, by_model: bool, is_sealed: bool) -> Faults:
    """The faults of a text that a model wrote; what people approved before has none."""
    if not by_model or not answer.strip():
        return Faults()
    return Faults(
        figure=bool(_find_figures(answer) - _find_known_figures(query)),
        promise=_PROMISE.search(answer.lower().replace("’", "'")) is not None,
        sealed=is_sealed,
        leak=_repeats_instructions(answer, query),
    )


def _find_figures(text: str) -> set[str]:
    return set(_FIGURE.findall(text.lower()))


def _find_known_figures(query: Query) -> set[str]:
    """Those of the sources alone: the visitor's own are no ground for the shop's word."""
    return {figure for source in query.sources for figure in _find_figures(source.text)}


def _repeats_instructions(answer: str, query: Query) -> bool:
    rules = _find_runs(_find_words(build_messages(query)[0].content))
    said = _find_runs(_find_words(answer))
    known = _find_runs(_find_words(" ".join(source.text for source in query.sources)))
    return bool((said & rules) - known)


def _find_words(text: str) -> list[str]:
    return re.findall(r"[a-z_]+", text.lower())


def _find_runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
