"""How far answers agree with one another and with those of before: plain figures, no model.

Two answers overlap by the words they share, of all words in either (Jaccard, 'The distribution of
the flora in the alpine zone', 1912): 1 is the same words, 0 none in common. Whether fewer answers
pass is judged by Fisher's exact test, one-sided, because there are few of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb
from statistics import fmean
from typing import Any

from llm_bridge.releases.expectations import split_words
from llm_bridge.releases.tables import CanaryAlarm

Kind = CanaryAlarm.Kind

# A run is off when one of these is crossed, against the baseline.
PASS_DROP = 0.10  # share of the answers
PASS_CHANCE = 0.05  # that it fell so far by chance
OVERLAP_DROP = 0.25  # words shared with the baseline's answers, below what those share
AGREEMENT_DROP = 0.25  # words that repeats share
LENGTH_RATIO = 1.6  # words of an answer, longer or shorter
LEAST_ANSWERED = 0.5  # share of the questions


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer to one case; `passed` is None where there was none."""

    case: int
    text: str
    passed: bool | None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one run; shares from 0 to 1."""

    asked: int
    answered: int
    passed: int
    words: float  # of an answer, on average
    agreement: float  # words that two answers to the same question share
    distinct: float  # different answers among all
    overlap: float | None  # words shared with the baseline's; None without one
    models: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a run is off; `detail` is a sentence with the figures."""

    kind: CanaryAlarm.Kind
    detail: str


def measure(samples: Sequence[Sample], *, baseline: Sequence[Sample] = ()) -> Measures:
    answered = [each for each in samples if each.passed is not None]
    cases = _group(answered)
    distinct = [len(set(words)) for words in cases.values()]
    return Measures(
        asked=len(samples),
        answered=len(answered),
        passed=sum(each.passed is True for each in answered),
        words=_mean(len(words) for each in cases.values() for words in each),
        agreement=_mean((_agree(words) for words in cases.values()), empty=1.0),
        distinct=sum(distinct) / len(answered) if answered else 0.0,
        overlap=_overlap(cases, _group(each for each in baseline if each.passed is not None)),
        models=tuple(sorted({each.model for each in answered if each.model})),
    )


def judge(now: Sequence[Sample], *, baseline: Sequence[Sample]) -> tuple[Finding, ...]:
    """Everything in which a run is off; nothing is said of answers where too few came."""
    was, is_ = measure(baseline), measure(now, baseline=baseline)
    if is_.answered < is_.asked * LEAST_ANSWERED:
        told = f"Only {is_.answered} of {is_.asked} questions got an answer."
        return (Finding(Kind.SILENT, told),)
    judged = (_judge_passes, _judge_overlap, _judge_agreement, _judge_length, _judge_models)
    return tuple(found for each in judged if (found := each(was, is_)))


def _judge_passes(was: Measures, is_: Measures) -> Finding | None:
    before, now = _share(was.passed, was.answered), _share(is_.passed, is_.answered)
    if before - now < PASS_DROP or _chance(was, is_) > PASS_CHANCE:
        return None
    told = f"{is_.passed} of {is_.answered} answers pass; it was {was.passed} of {was.answered}."
    return Finding(Kind.FAILS, told)


def _judge_overlap(was: Measures, is_: Measures) -> Finding | None:
    if is_.overlap is None or was.agreement - is_.overlap < OVERLAP_DROP:
        return None
    told = (
        f"Answers share {is_.overlap:.0%} of their words with the baseline's; those share "
        f"{was.agreement:.0%} with each other."
    )
    return Finding(Kind.DRIFTS, told)


def _judge_agreement(was: Measures, is_: Measures) -> Finding | None:
    if was.agreement - is_.agreement < AGREEMENT_DROP:
        return None
    told = (
        f"Answers to the same question share {is_.agreement:.0%} of their words; it was "
        f"{was.agreement:.0%}."
    )
    return Finding(Kind.VARIES, told)


def _judge_length(was: Measures, is_: Measures) -> Finding | None:
    if not was.words or was.words / LENGTH_RATIO < is_.words < was.words * LENGTH_RATIO:
        return None
    told = f"An answer has {is_.words:.0f} words on average; it was {was.words:.0f}."
    return Finding(Kind.LENGTH, told)


def _judge_models(was: Measures, is_: Measures) -> Finding | None:
    if not set(is_.models) - set(was.models) or not was.models:
        return None
    told = f"The provider names {', '.join(is_.models)}; it was {', '.join(was.models)}."
    return Finding(Kind.MODEL, told[:300])


def _chance(was: Measures, is_: Measures) -> float:
    """Fisher's exact test: how likely at most so many of the later answers would pass."""
    total, later = was.answered + is_.answered, is_.answered
    passed = was.passed + is_.passed
    ways = sum(
        comb(passed, count) * comb(total - passed, later - count)
        for count in range(max(0, later - (total - passed)), is_.passed + 1)
    )
    return ways / comb(total, later)


def _group(samples: Iterable[Sample]) -> Mapping[int, list[tuple[str, ...]]]:
    cases: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for each in samples:
        cases[each.case].append(split_words(each.text))
    return cases


def _agree(answers: Sequence[tuple[str, ...]]) -> float:
    return _mean((_share_words(a, b) for a, b in combinations(answers, 2)), empty=1.0)


def _overlap(
    now: Mapping[int, list[tuple[str, ...]]], before: Mapping[int, list[tuple[str, ...]]]
) -> float | None:
    """On average over the cases that both have."""
    both = [case for case in now if case in before]
    if not both:
        return None
    return _mean(_mean(_share_words(a, b) for a, b in product(now[c], before[c])) for c in both)


def _share_words(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    either = set(one) | set(other)
    return len(set(one) & set(other)) / len(either) if either else 1.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _mean(values: Iterable[float], *, empty: float = 0.0) -> float:
    listed = list(values)
    return round(fmean(listed), 4) if listed else empty
