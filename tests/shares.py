"""Which tests run on one worker, in this order, when pytest-xdist spreads them over several."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

# What shares servers, a browser or an emptied Redis; the longest first, or one worker waits for it.
ROOMS = ("tests/stack/", "tests/browser/", "tests/faults/", "tests/widget/")


class Rooms(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    """A room in one piece, other tests file by file."""

    def _split_scope(self, nodeid: str) -> str:
        return find_room(nodeid) or nodeid.split("::", 1)[0]


def find_room(nodeid: str) -> str | None:
    return next((room for room in ROOMS if nodeid.startswith(room)), None)


def get_place(nodeid: str) -> int:
    room = find_room(nodeid)
    return ROOMS.index(room) if room else len(ROOMS)
