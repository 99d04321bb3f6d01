"""One rulebook in one process: what the database wants served, and what is served of it.

`Served` is one reference, swapped after everything it takes is there, so nobody ever decides by
half a release. What does not load is said, and what was served before goes on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import DatabaseError, connections

from rules.building import beside_traffic
from rules.evaluator import Evaluator
from rules.models import Pause, Rulebook
from rules.releases.compiled import Compiled, CompiledReleases
from rules.releases.paused import PausedEvaluator

RETRY_AFTER = 30.0  # seconds until a release that did not load is tried again

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Live:
    """One release compiled in this process; its id travels with every decision."""

    release_id: int
    number: int
    evaluator: Evaluator
    paused_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pauses:
    """What somebody stopped at once."""

    rules: tuple[str, ...] = ()
    model: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the database says should be served."""

    release_id: int | None = None
    number: int | None = None
    pauses: Pauses = Pauses()


@dataclass(frozen=True, slots=True)
class Served:
    """What is served of a rulebook, and why that is not what is wanted, if it is not."""

    live: Live | None
    wanted: Wanted
    problem: str = ""


def read_wanted(rulebook_ids: Collection[int]) -> dict[int, Wanted]:
    """Pointer and pauses of these rulebooks, as the database has them now."""
    active = Pause.objects.filter(rulebook_id__in=rulebook_ids, ended_at=None)
    rows = list(active.values_list("rulebook_id", "kind", "rule"))
    books = Rulebook.objects.filter(pk__in=rulebook_ids)
    return {
        pk: Wanted(
            release_id=release_id,
            number=number,
            pauses=_build_pauses([(kind, rule) for book, kind, rule in rows if book == pk]),
        )
        for pk, release_id, number in books.values_list("pk", "live_id", "live__number")
    }


def _build_pauses(rows: Collection[tuple[str, str]]) -> Pauses:
    kinds = {kind for kind, _ in rows}
    return Pauses(
        rules=tuple(sorted(rule for kind, rule in rows if kind == Pause.Kind.RULE)),
        model=Pause.Kind.MODEL in kinds,
        bot=Pause.Kind.BOT in kinds,
    )


def build_live(compiled: Compiled, paused: Collection[str]) -> Live:
    """A compiled release without the rules that are paused."""
    names = tuple(name for name in paused if name in compiled.evaluator.rulebook.rules)
    evaluator = compiled.evaluator
    return Live(
        release_id=compiled.release_id,
        number=compiled.number,
        evaluator=PausedEvaluator(evaluator, paused=names) if names else evaluator,
        paused_rules=names,
    )


class LiveRulebook:
    """One rulebook in this process. `served` is read without a lock and never half of anything."""

    def __init__(self, releases: CompiledReleases, clock: Callable[[], float]) -> None:
        self.served = Served(live=None, wanted=Wanted())
        self._releases = releases
        self._clock = clock
        self._compiled: Compiled | None = None
        self._lock = threading.Lock()
        self._loading: int | None = None
        self._failed: dict[int, float] = {}

    def follow(self, wanted: Wanted, *, in_background: bool) -> None:
        """Pauses take effect now; another release as soon as it is compiled. Raises DatabaseError
        where it is compiled here and now."""
        with self._lock:
            self._swap(wanted, problem=self.served.problem)
            release_id = wanted.release_id
            if release_id is None or not self._is_due(release_id):
                return
            self._loading = release_id
        if in_background:
            name = f"release-{release_id}"
            work = threading.Thread(target=self._load_beside, args=(release_id,), name=name)
            work.daemon = True
            work.start()
        else:
            self._load(release_id)

    def find_release(self, release_id: int, paused: Collection[str]) -> Live | None:
        """The release served here, as it decides with these rules paused."""
        live, compiled = self.served.live, self._compiled
        if live and live.release_id == release_id and live.paused_rules == tuple(paused):
            return live
        if compiled and compiled.release_id == release_id:
            return build_live(compiled, paused)
        return None

    def _is_due(self, release_id: int) -> bool:
        is_served = self._compiled is not None and self._compiled.release_id == release_id
        failed_at = self._failed.get(release_id)
        is_resting = failed_at is not None and self._clock() - failed_at < RETRY_AFTER
        return not (is_served or is_resting or self._loading is not None)

    def _load_beside(self, release_id: int) -> None:
        try:
            self._load(release_id)
        except DatabaseError:
            logger.warning("release was not read, trying again", extra={"release_id": release_id})
        finally:
            connections.close_all()

    def _load(self, release_id: int) -> None:
        compiled, problem = None, ""
        try:
            compiled = self._releases.get(release_id=release_id, previous=self._compiled)
        except DatabaseError:
            raise  # it says nothing about the release
        except Exception as error:  # whatever it is, the release before goes on
            problem = f"{type(error).__name__}: {error}"[:300]
            logger.exception("release does not load", extra={"release_id": release_id})
        finally:
            with self._lock:
                self._loading = None
                self._settle(release_id, compiled, problem)

    def _settle(self, release_id: int, compiled: Compiled | None, problem: str) -> None:
        """What became of loading a release, unless another one is wanted meanwhile."""
        if problem:
            self._failed = {release_id: self._clock()}
        if self.served.wanted.release_id == release_id:
            self._compiled = compiled or self._compiled
            self._swap(self.served.wanted, problem=problem)

    def _swap(self, wanted: Wanted, *, problem: str) -> None:
        """Only here: one assignment, after everything it takes is there."""
        live = self.served.live
        compiled = self._compiled if wanted.release_id else None
        if compiled is None:
            live = None
        elif (
            live is None
            or live.release_id != compiled.release_id
            or wanted.pauses != self.served.wanted.pauses
        ):
            with beside_traffic(len(compiled.digests) if wanted.pauses.rules else 0):
                live = build_live(compiled, wanted.pauses.rules)
        is_wanted = live is not None and live.release_id == wanted.release_id
        self.served = Served(live=live, wanted=wanted, problem="" if is_wanted else problem)
