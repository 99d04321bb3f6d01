"""Building beside traffic: nothing that stops the others, and everything as before afterwards."""

import gc
import sys

import pytest

from rules.building import SMALL, TURN, beside_traffic


def read_state() -> list[float]:
    return [gc.isenabled(), sys.getswitchinterval()]


def test_the_collector_waits_and_turns_are_short_while_something_big_is_built() -> None:
    before = read_state()
    with beside_traffic(SMALL + 1):
        assert read_state() == pytest.approx([False, TURN])
        with beside_traffic(SMALL + 1):
            pass
        assert read_state() == pytest.approx([False, TURN])
    assert read_state() == before


def test_a_failure_to_build_leaves_everything_as_before() -> None:
    before = read_state()
    with pytest.raises(ValueError, match="broken"), beside_traffic(SMALL + 1):
        raise ValueError("broken")
    assert read_state() == before


def test_something_small_is_built_without_further_ado() -> None:
    before = read_state()
    with beside_traffic(SMALL):
        assert read_state() == before
