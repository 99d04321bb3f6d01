"""When a canary is off, and when it is only noise."""

from __future__ import annotations

from llm_bridge.releases.measures import Kind, Sample, judge, measure

FREE = "Returns are free within thirty days of delivery."
SAME = "Within thirty days of delivery returns are free."


def ask(*texts: str, case: int = 1, passed: bool | None = True, model: str = "m") -> list[Sample]:
    return [Sample(case, text, passed, model) for text in texts]


def test_the_same_words_again_are_no_alarm() -> None:
    assert judge(ask(FREE, SAME, FREE), baseline=ask(FREE, FREE, SAME)) == ()


def test_other_words_are_a_drift() -> None:
    now = ask(*["Send it back whenever you like, no fee at all."] * 3)
    assert [each.kind for each in judge(now, baseline=ask(FREE, SAME, FREE))] == [Kind.DRIFTS]


def test_answers_that_vary_are_told_from_answers_that_drift() -> None:
    now = ask(FREE, "Yes of course you may do that", "Please see what our pages say")
    kinds = [each.kind for each in judge(now, baseline=ask(FREE, FREE, FREE))]
    assert Kind.VARIES in kinds


def test_one_failure_among_many_is_noise() -> None:
    before = ask(*[FREE] * 15)
    now = ask(*[FREE] * 14) + ask(FREE, passed=False)
    assert judge(now, baseline=before) == ()


def test_a_case_that_always_passed_and_always_fails_is_none() -> None:
    (found,) = judge(ask(*[FREE] * 3, passed=False), baseline=ask(*[FREE] * 3))
    assert found.kind == Kind.FAILS
    assert found.detail == "0 of 3 answers pass; it was 3 of 3."


def test_answers_twice_as_long_are_noticed() -> None:
    now = ask(*[f"{FREE} {FREE}"] * 3)
    assert [each.kind for each in judge(now, baseline=ask(*[FREE] * 3))] == [Kind.LENGTH]


def test_another_model_behind_the_same_name_is_noticed() -> None:
    now = ask(FREE, FREE, model="m-2026-11")
    assert [each.kind for each in judge(now, baseline=ask(FREE, FREE))] == [Kind.MODEL]


def test_silence_is_said_and_nothing_else_judged() -> None:
    now = ask("", "", passed=None) + ask("Something else entirely")
    assert [each.kind for each in judge(now, baseline=ask(FREE, FREE, FREE))] == [Kind.SILENT]


def test_figures_of_nothing_are_figures() -> None:
    figures = measure([])
    assert (figures.asked, figures.answered, figures.agreement, figures.overlap) == (
        0,
        0,
        1.0,
        None,
    )
