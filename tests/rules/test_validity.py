"""Times at which a rule is valid, by the clock on the site's wall or absolute."""

import pytest

from tests.rules.shop import build_data, say


def answers(valid: dict[str, str], now: str | None) -> bool:
    rule = {"when": {"intent": "hi"}, "then": [{"reply": "Sale!"}], "valid": valid}
    facts = {} if now is None else {"now": now}
    return say("hello", facts, data=build_data(rule)).rule == "a"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-26T23:59:59+01:00", False),
        ("2026-11-27T00:00:00+01:00", True),
        ("2026-11-30T23:59:59+01:00", True),
        ("2026-12-01T00:00:00+01:00", False),
        ("2026-11-27T00:00:00-11:00", True),  # wherever the site is, its own midnight counts
        ("2026-11-27", True),  # midnight
        ("soon", False),
        (None, False),
    ],
)
def test_days_run_from_midnight_to_midnight_at_the_site(now: str | None, expected: bool) -> None:
    assert answers({"from": "2026-11-27", "until": "2026-11-30"}, now) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-24T17:59:59+01:00", True),
        ("2026-12-24T18:00:00+01:00", False),
        ("2026-12-24T17:00:00Z", False),
        ("2026-12-24T12:30:00-05:00", False),
        ("2026-12-24T11:30:00-05:00", True),
    ],
)
def test_a_time_with_an_offset_is_one_moment_everywhere(now: str, expected: bool) -> None:
    assert answers({"until": "2026-12-24T18:00+01:00"}, now) is expected


def test_a_time_without_an_offset_is_read_off_the_sites_wall() -> None:
    for offset in ("+01:00", "-05:00", "Z"):
        assert answers({"from": "2026-12-24T18:00"}, f"2026-12-24T18:00:00{offset}")
        assert not answers({"from": "2026-12-24T18:00"}, f"2026-12-24T17:59:59{offset}")


def test_nobody_can_state_the_clock() -> None:
    rule = {
        "when": {"all": [{"intent": "hi"}, {"fact": "hours", "known": False}]},
        "then": [{"close": True}],
        "valid": {"from": "2026-11-27"},
    }
    facts = {"clock.local": 9e12, "clock.utc": 9e12}
    assert say("hello", facts, data=build_data(rule)).rule is None
    now = {"now": "2026-11-01T00:00:00Z"}
    assert say("hello", facts | now, data=build_data(rule)).rule is None


def test_validity_is_no_condition_that_counts() -> None:
    hi = {"intent": "hi"}
    rules = [
        {"when": {"all": [hi, hi]}, "then": [{"close": True}]},
        {
            "when": hi,
            "then": [{"close": True}],
            "valid": {"from": "2026-01-01", "until": "2030-01-01"},
        },
    ]
    assert say("hello", {"now": "2026-11-01T00:00:00Z"}, data=build_data(*rules)).rule == "a"
