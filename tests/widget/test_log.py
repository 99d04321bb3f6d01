"""The widget's log shows every event once and in order, however the events arrive."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

FEED = """async (arrivals) => {
  const { EventLog } = await import("/widget/log.js");
  const shown = [];
  const gaps = [];
  const onEvent = ({ seq }) => shown.push(seq);
  const log = new EventLog({ onEvent, onGap: (seq) => gaps.push(seq) });
  arrivals.forEach((seq) => log.add({ seq }));
  return { shown, gaps, lastSeq: log.lastSeq };
}"""


def test_events_in_order_pass_through(page: Page) -> None:
    assert page.evaluate(FEED, [1, 2, 3]) == {"shown": [1, 2, 3], "gaps": [], "lastSeq": 3}


def test_an_event_that_comes_twice_is_shown_once(page: Page) -> None:
    assert page.evaluate(FEED, [1, 1, 2, 1, 2])["shown"] == [1, 2]


def test_a_gap_asks_at_once_for_what_is_missing_and_shows_nothing_beyond_it(page: Page) -> None:
    assert page.evaluate(FEED, [1, 4, 5]) == {"shown": [1], "gaps": [1], "lastSeq": 1}


def test_a_filled_gap_shows_what_was_held_back(page: Page) -> None:
    assert page.evaluate(FEED, [1, 4, 2, 3])["shown"] == [1, 2, 3, 4]


def test_what_has_no_number_is_no_event(page: Page) -> None:
    assert page.evaluate(FEED, [None, "2", 0, -1, 1])["shown"] == [1]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(arrivals=st.lists(st.integers(1, 12), max_size=40))
def test_any_arrivals_show_the_longest_run_from_one(page: Page, arrivals: list[int]) -> None:
    run = 0
    while run + 1 in arrivals:
        run += 1
    result = page.evaluate(FEED, arrivals)
    assert result["shown"] == list(range(1, run + 1))
    assert bool(result["gaps"]) >= (max(arrivals, default=0) > run)
