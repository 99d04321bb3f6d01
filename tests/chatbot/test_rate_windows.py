"""Counting: what is taken is never more than the limit, waits are true, memory stays bounded."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import closing
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse

from chatbot.config.env import BASE_DIR
from chatbot.web.rates.allowance import Allowance, Caller, Limited
from chatbot.web.rates.passage import Pace, Passage
from chatbot.web.rates.table import RATES, SOCKETS, Rate
from chatbot.web.rates.windows import Windows

TEN = parse("10 per 10 seconds")
START = 1_000_000.0  # windows begin with every ten seconds of the clock


@dataclass
class Clock:
    now: float = START

    def __call__(self) -> float:
        return self.now


def spend(windows: Windows, times: int, *, key: str = "a", now: float = START) -> int:
    """How many of so many are in order."""
    return sum(windows.take(key, 1, now) == 0.0 for _ in range(times))


def test_so_many_are_taken_and_no_more() -> None:
    windows = Windows(TEN)
    assert spend(windows, 15) == 10
    assert spend(windows, 15, key="b") == 10


def test_what_was_used_fades_while_the_next_window_goes_on() -> None:
    windows = Windows(TEN)
    assert spend(windows, 10) == 10
    assert spend(windows, 10, now=START + 10) == 0
    assert spend(windows, 10, now=START + 15) == 5
    assert spend(windows, 10, now=START + 40) == 10


@given(
    steps=st.lists(
        st.tuples(st.floats(0, 8), st.integers(1, 12)),
        min_size=1,
        max_size=60,
    )
)
def test_a_wait_is_true_and_no_window_takes_more_than_the_limit(
    steps: list[tuple[float, int]],
) -> None:
    windows, now = Windows(TEN), START
    taken: Counter[float] = Counter()
    for pause, cost in steps:
        now += pause
        wait = windows.take("a", cost, now)
        if wait == 0.0:
            taken[now // 10] += cost
        elif cost <= 10:
            now += wait + 0.001
            assert windows.take("a", cost, now) == 0.0
            taken[now // 10] += cost
    assert all(amount <= 10 for amount in taken.values())


@given(cost=st.integers(11, 10_000))
def test_what_is_more_than_the_limit_is_never_in_order(cost: int) -> None:
    windows = Windows(TEN)
    assert windows.take("a", cost, START) > 0
    assert spend(windows, 10) == 10


def test_what_is_given_back_may_be_taken_again() -> None:
    windows = Windows(TEN)
    spend(windows, 10)
    windows.give_back("a", 3)
    windows.give_back("nobody", 3)
    assert spend(windows, 10) == 3


def test_a_flood_of_addresses_needs_no_more_room_and_hides_nobody() -> None:
    windows = Windows(TEN, most_keys=1_000)
    spend(windows, 10, key="busy")
    for number in range(20_000):
        windows.take(str(number), 1, START)
    assert len(windows._used) <= 1_000
    assert spend(windows, 1, key="busy") == 0


def test_what_all_processes_used_up_is_closed_until_its_time() -> None:
    windows = Windows(TEN)
    windows.close(key="a", until=START + 4)
    assert windows.take("a", 1, START) == 4
    assert spend(windows, 1, key="b") == 1
    assert spend(windows, 1, now=START + 4) == 1


def test_only_who_used_a_good_part_is_told_of_and_nothing_twice() -> None:
    windows = Windows(parse("80 per 10 seconds"))
    spend(windows, 9, key="calm")
    spend(windows, 30, key="busy")
    assert windows.find_untold(now=START, most=9) == {"busy": 30}
    windows.note_told(key="busy", amount=30)
    spend(windows, 2, key="busy")
    spend(windows, 5, key="calm")
    assert windows.find_untold(now=START, most=9) == {"calm": 14, "busy": 2}
    assert windows.find_untold(now=START, most=1) == {"calm": 14}
    assert windows.find_untold(now=START + 10, most=9) == {}


def test_what_is_refused_counts_for_nobody() -> None:
    rates = [Rate("messages", "visitor", TEN), Rate("messages", "site", parse("5 per 10 seconds"))]
    allowance = Allowance(rates=rates, clock=Clock())
    for number in range(5):
        allowance.take("messages", Caller(visitor=str(number), site="shop"))
    ada = Caller(visitor="ada", site="shop")
    for _ in range(20):
        with pytest.raises(Limited):
            allowance.take("messages", ada)
    for _ in range(10):
        allowance.take("messages", Caller(visitor="ada"))


def test_a_refusal_says_in_whole_seconds_when_to_come_again() -> None:
    allowance = Allowance(rates=[Rate("messages", "visitor", TEN)], clock=Clock(START + 0.5))
    ada = Caller(visitor="ada")
    allowance.take("messages", ada, 10)
    with pytest.raises(Limited) as refused:
        allowance.take("messages", ada)
    assert refused.value.retry_after == 11
    assert refused.value.detail == "Too many messages in a short time: try again in 11 seconds."


def test_who_is_not_known_is_not_counted() -> None:
    allowance = Allowance(clock=Clock())
    for rate in RATES:
        for _ in range(3):
            allowance.take(rate.what, Caller(), rate.item.amount)


def test_limits_switched_off_refuse_nothing() -> None:
    allowance = Allowance(is_on=False, clock=Clock())
    ada = Caller(visitor="ada", address="198.51.100.7", site="1")
    passage = Passage(allowance, address="198.51.100.7")
    for _ in range(3):
        for rate in RATES:
            allowance.take(rate.what, ada, rate.item.amount)
    for _ in range(5_000):
        passage.take_frame("x" * 60_000)
        assert passage.find_pause() == 0
    with closing(allowance.hold_socket(ada)):
        allowance.sockets.open([("visitor", "ada")] * 1_000)
        passage.recognise(ada)


def test_every_kind_of_open_socket_has_its_own_limit() -> None:
    for per, most in SOCKETS.items():
        allowance = Allowance(clock=Clock())
        ada = Caller(visitor="ada", address="198.51.100.7", site="1", key="7")
        bob = Caller(visitor="bob", address="198.51.100.8", site="2", key="8")
        key = getattr(ada, per)
        allowance.sockets.open([(per, key)] * (most - 1))
        with closing(allowance.hold_socket(ada)):
            with pytest.raises(Limited), closing(allowance.hold_socket(ada)):
                pass
            with closing(allowance.hold_socket(bob)):
                pass
        with closing(allowance.hold_socket(ada)):
            pass


def test_sockets_elsewhere_count_and_those_that_closed_are_forgotten() -> None:
    allowance = Allowance(clock=Clock())
    ada = Caller(visitor="ada")
    allowance.sockets.elsewhere = {("visitor", "ada"): SOCKETS["visitor"]}
    with pytest.raises(Limited), closing(allowance.hold_socket(ada)):
        pass
    allowance.sockets.elsewhere = {}
    with (
        closing(allowance.hold_socket(ada)),
        closing(allowance.hold_socket(ada)),
        closing(allowance.hold_socket(ada)),
    ):
        assert allowance.sockets.find_crowded() == {("visitor", "ada"): 3}
    assert not allowance.sockets._here


def test_a_pace_takes_a_burst_and_then_so_many_a_second() -> None:
    pace = Pace(at_once=5, per_second=2)
    assert [pace.is_in_order(START) for _ in range(6)] == [True] * 5 + [False]
    assert [pace.is_in_order(START + 1) for _ in range(3)] == [True, True, False]
    assert [pace.reserve(START + 1) for _ in range(2)] == [0.5, 1.0]


def test_even_empty_frames_count_and_large_ones_by_their_bytes() -> None:
    rates = [Rate("bytes", "address", parse("640000 per minute"))]
    for frame, most in (("", 640), ("é" * 32_000, 10), (b"x" * 640_000, 1)):
        passage = Passage(Allowance(rates=rates, clock=Clock()), address="198.51.100.7")
        send_all(passage, frame, times=most)
        with pytest.raises(Limited):
            send_all(passage, frame, times=64)


def send_all(passage: Passage, frame: str | bytes, *, times: int) -> None:
    for _ in range(times):
        passage.take_frame(frame)


def test_connecting_anew_does_not_hide_what_was_sent() -> None:
    allowance = Allowance(rates=[Rate("bytes", "address", parse("9000 per minute"))], clock=Clock())
    for _ in range(3):
        with Passage(allowance, address="198.51.100.7") as passage:
            passage.take_frame("x" * 3_000)
    with pytest.raises(Limited):
        allowance.take("bytes", Caller(address="198.51.100.7"), 1)


def test_operators_read_one_line_a_minute_about_a_limit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    allowance = Allowance(rates=[Rate("messages", "visitor", TEN)], clock=clock)
    with caplog.at_level(logging.WARNING):
        for clock.now in (START, START + 1, START + 61):
            for _ in range(20):
                try:
                    allowance.take("messages", Caller(visitor="ada"))
                except Limited:
                    continue
    lines = [(record.limit, record.times) for record in caplog.records]  # type: ignore[attr-defined]  # from extra
    assert lines == [("messages.visitor", 1), ("messages.visitor", 30)]
    assert "ada" not in caplog.text


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{rate.name}-{rate.item.amount}")
def test_operators_read_of_every_rate(rate: Rate) -> None:
    item, many = rate.item, rate.item.multiples
    time = item.GRANULARITY.name if many == 1 else f"{many} {item.GRANULARITY.name}s"
    assert f"{item.amount:,} per {time}" in find_cell(rate.what, rate.per)


def test_operators_read_how_many_sockets_may_be_open() -> None:
    for per, most in SOCKETS.items():
        assert find_cell("/v1/" if per == "key" else "sockets", per) == f"{most:,}"


def find_cell(what: str, per: str) -> str:
    """Of the table in docs/operations.md."""
    lines = (BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("|")]
    column = next(row for row in rows if "per visitor" in row).index(f"per {per}")
    named = [row for row in rows if what in row[1].replace("`", "").split() and len(row) == 7]
    row = min(named, key=lambda row: len(row[1]))  # the plainest: some calls have two
    return row[column]
