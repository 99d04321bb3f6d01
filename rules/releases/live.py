"""What is live in this process: which release decides, and what is paused.

The database says it. Where a refresher runs (the web process), asking here never waits for the
database nor for a release to be compiled; elsewhere (a command, a worker) whoever asks looks
there himself, at most once a second. Only the very first question about a rulebook waits.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Collection

from django.conf import settings
from django.db import DatabaseError

from rules.models import Rulebook
from rules.releases.compiled import CompiledReleases
from rules.releases.refreshing import Refresher, send_hint
from rules.releases.served import Live, LiveRulebook, Pauses, Served, build_live, read_wanted

POINTER_AGE = 1.0  # seconds until the live pointer and the pauses are read again

logger = logging.getLogger(__name__)


class LiveReleases:
    """The rulebooks that this process has been asked for."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """All that was read and every lock anew: in a forked child nobody would free the old."""
        self._releases = CompiledReleases()
        self._books: dict[int, LiveRulebook] = {}
        self._locks: dict[int, threading.Lock] = {}
        self._read_at: float | None = None
        self._refresher: Refresher | None = None
        self._is_cut = False

    def find_live(self, *, rulebook_id: int) -> Live | None:
        """What decides now; None where nothing is live or nothing could be loaded yet."""
        return self.get_served(rulebook_id=rulebook_id).live

    def find_pauses(self, *, rulebook_id: int) -> Pauses:
        """What is stopped now."""
        return self.get_served(rulebook_id=rulebook_id).wanted.pauses

    def get_served(self, *, rulebook_id: int) -> Served:
        """All about one rulebook here; raises Rulebook.DoesNotExist."""
        book = self._books.get(rulebook_id)
        if book is None:
            return self._open(rulebook_id).served
        if self._refresher is None and self._is_old():
            self.refresh(in_background=False)
        return book.served

    def find_served(self, *, rulebook_id: int) -> Served | None:
        """The same where nobody has to wait for it; None where somebody must look."""
        book = self._books.get(rulebook_id)
        if book is None or (self._refresher is None and self._is_old()):
            return None
        return book.served

    def get_release(self, *, release_id: int, paused: Collection[str] = ()) -> Live:
        """Any release, as it decided with these rules paused; raises Release.DoesNotExist."""
        for book in list(self._books.values()):
            if (found := book.find_release(release_id, paused)) is not None:
                return found
        return build_live(self._releases.get(release_id=release_id), paused)

    def refresh(self, *, in_background: bool = True) -> None:
        """Looks into the database; while that is away everything stays as it is."""
        self._read_at = self._clock()
        try:
            wanted = read_wanted(list(self._books))
            for rulebook_id, book in list(self._books.items()):
                if rulebook_id in wanted:
                    book.follow(wanted[rulebook_id], in_background=in_background)
        except DatabaseError:
            if not self._is_cut:
                logger.warning("database is away, live releases and pauses stay as they are")
            self._is_cut = True
        else:
            self._is_cut = False

    def start_refreshing(self) -> None:
        """From now on a thread of this process looks into the database every second."""
        if self._refresher is None:
            self._refresher = Refresher(
                look=self.refresh, seconds=POINTER_AGE, redis_url=settings.REDIS_URL
            )
            self._refresher.start()

    def stop_refreshing(self) -> None:
        if self._refresher is not None:
            self._refresher.stop()
            self._refresher = None

    def tell_everybody(self) -> None:
        """Something went live or was paused: nobody has to wait for the next second."""
        self._read_at = None
        if self._refresher is not None:
            self._refresher.wake()
        if settings.REDIS_URL:
            send_hint(settings.REDIS_URL)

    def forget(self) -> None:
        """As if this process had just started."""
        self.stop_refreshing()
        self.reset()

    def _is_old(self) -> bool:
        return self._read_at is None or self._clock() - self._read_at > POINTER_AGE

    def _open(self, rulebook_id: int) -> LiveRulebook:
        """The first question waits for the answer; those that come meanwhile wait with it."""
        with self._locks.setdefault(rulebook_id, threading.Lock()):
            if (book := self._books.get(rulebook_id)) is not None:
                return book
            wanted = read_wanted([rulebook_id])
            if rulebook_id not in wanted:
                raise Rulebook.DoesNotExist(rulebook_id)
            book = LiveRulebook(self._releases, self._clock)
            book.follow(wanted[rulebook_id], in_background=False)
            if self._read_at is None:
                self._read_at = self._clock()
            self._books[rulebook_id] = book
            return book


_live = LiveReleases()
os.register_at_fork(after_in_child=_live.reset)

find_live = _live.find_live
find_pauses = _live.find_pauses
get_served = _live.get_served
find_served = _live.find_served
get_release = _live.get_release
start_refreshing = _live.start_refreshing
stop_refreshing = _live.stop_refreshing
tell_everybody = _live.tell_everybody
forget = _live.forget
