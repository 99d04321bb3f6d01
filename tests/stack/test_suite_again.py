"""What touches the database and the channel layer, once more on PostgreSQL and Redis."""

from __future__ import annotations

from tests.processes import Process


def test_the_contracts_hold_on_postgresql_and_redis(suite_again: Process) -> None:
    assert suite_again.wait(900) == 0, suite_again.output[-6000:]
