"""What a turn finds around its conversation: the site as it is set, what is live, who is there.

A web process looks every second for each site it serves; elsewhere whoever asks looks himself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from chatbot.conversations.models import Site
from chatbot.conversations.snapshots import count_agents_online
from chatbot.conversations.threads import in_thread
from rules.releases import Served, find_served, get_served


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """As they were at most a second ago."""

    site: Site
    agents_online: int
    served: Served


class Lookout:
    """The sites of one process; `seconds` is how long what it saw counts."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self._seen: dict[int, tuple[Site, int]] = {}
        self._until: dict[int, float] = {}

    async def look(self, *, site_id: int, now: datetime) -> Surroundings:
        """Raises Site.DoesNotExist."""
        clock = time.monotonic()
        seen = self._seen.get(site_id)
        if seen is None or clock >= self._until[site_id]:
            # Those who come while one looks go by what was seen before.
            self._until[site_id] = clock + self.seconds
            return await self._look(site_id=site_id, now=now)
        site, agents_online = seen
        served = find_served(rulebook_id=site.rulebook_id)
        if served is None:
            return await self._look(site_id=site_id, now=now)
        return Surroundings(site=site, agents_online=agents_online, served=served)

    async def _look(self, *, site_id: int, now: datetime) -> Surroundings:
        found = await _read(site_id=site_id, now=now)
        if self.seconds:
            self._seen[site_id] = found.site, found.agents_online
        return found


def _read_here(*, site_id: int, now: datetime) -> Surroundings:
    site = Site.objects.get(pk=site_id)
    return Surroundings(
        site=site,
        agents_online=count_agents_online(now=now),
        served=get_served(rulebook_id=site.rulebook_id),
    )


_read = in_thread(_read_here)
_lookout = Lookout()

look = _lookout.look


def keep_looking(*, seconds: float) -> None:
    """From now on this process goes by what it saw at most `seconds` ago."""
    _lookout.seconds = seconds
