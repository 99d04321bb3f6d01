"""What a day of trouble looks like to visitors; docs/providers.md shows the same table."""

from __future__ import annotations

from pathlib import Path

from tests.llm_bridge.breaker_day import LIMITS, Day, build_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "providers.md"
PHASES = Day().run()


def test_with_one_provider_down_every_visitor_is_answered_by_the_other() -> None:
    for phase in PHASES:
        if set(phase.wrong) == {"first"}:
            assert not phase.unanswered
            assert phase.count("second") == len(phase.answered)


def test_few_visitors_wait_for_a_provider_that_is_down() -> None:
    hanging = PHASES[3]
    slow = [wait for wait in hanging.waits if wait > 1]
    assert len(slow) < len(hanging.waits) / 8
    assert max(slow) < LIMITS.first_token + 1


def test_with_both_down_nobody_waits_for_an_article_or_a_person() -> None:
    both = PHASES[7]
    assert not both.answered
    assert max(both.waits) < 1


def test_a_provider_that_is_back_is_asked_again_within_a_minute() -> None:
    for phase in PHASES[2::2]:
        others = len(phase.waits) - phase.count("first")
        assert others < 20, phase.name


def test_the_page_shows_this_day() -> None:
    assert build_table(PHASES) in PAGE.read_text(encoding="utf-8")
