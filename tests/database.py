"""The test database between tests: put back page by page, not emptied and filled again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import connection
from django.test import TransactionTestCase

PATIENCE = 20.0  # seconds for a thread that still writes when its test has ended


class Kept:
    """Copies of a SQLite database at moments worth coming back to; elsewhere nothing is kept."""

    def __init__(self) -> None:
        self._copies: dict[str, sqlite3.Connection] = {}

    def bring(self, moment: str, build: Callable[[], object]) -> None:
        """The database as `build` leaves it; it runs once, or where the test has written before."""
        is_fresh = not _has_written()
        if is_fresh and moment in self._copies:
            self.restore(moment)
            return
        build()
        if is_fresh:
            self.keep(moment)

    def keep(self, moment: str) -> None:
        connection.ensure_connection()
        self._copies[moment] = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self._copies[moment])

    def restore(self, moment: str) -> None:
        connection.ensure_connection()
        deadline = time.monotonic() + PATIENCE

        def check(*_: int) -> None:
            assert time.monotonic() < deadline, "the test database is locked"

        self._copies[moment].backup(connection.connection, progress=check, sleep=0.01)

    def close(self) -> None:
        while self._copies:
            self._copies.popitem()[1].close()


def _has_written() -> bool:
    if connection.vendor != "sqlite":
        return True
    connection.ensure_connection()
    changes: int = connection.connection.total_changes
    return changes > 0


@contextmanager
def keep_as_migrated(kept: Kept) -> Iterator[None]:
    """After a test that commits, SQLite is as it was before, where Django would empty every
    table and make its permissions anew."""
    if connection.vendor != "sqlite":
        yield
        return
    kept.keep("migrated")

    def restore(_case: TransactionTestCase) -> None:
        kept.restore("migrated")

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", restore):
        yield
