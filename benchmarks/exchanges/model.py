"""A model that speaks at a steady pace and notes when: `python -m benchmarks.exchanges.model`.

Each answer's pieces name answer and piece, so that they are known again wherever they arrive.
A piece ends a sentence and begins the next: a sentence is shown when the next one begins.
"""

import asyncio
import sys
import threading
import time
from itertools import count
from pathlib import Path
from typing import TextIO

from tests.llm_bridge.fake_modes import MODES, Reply
from tests.llm_bridge.fake_provider import FakeProvider


class Speaker:
    """Answers every question with so many pieces, one every so many seconds."""

    def __init__(self, *, pieces: int, gap: float, log: TextIO) -> None:
        self._pieces = pieces
        self._gap = gap
        self._log = log
        self._numbers = count()

    async def answer(self, reply: Reply) -> None:
        number = next(self._numbers)
        await reply.begin()
        due = time.monotonic()
        for piece in range(self._pieces):
            # Noted before it is sent: whatever sending takes counts as transport.
            self._log.write(f"{number}-{piece} {time.monotonic_ns()}\n")
            await reply.text(f"{number}-{piece} said. So ")
            due += self._gap
            await asyncio.sleep(due - time.monotonic())
        self._log.flush()
        await reply.finish()


def main(port: int, pieces: int, gap: float, log: Path) -> None:
    with log.open("w") as notes:
        MODES["steady"] = Speaker(pieces=pieces, gap=gap, log=notes).answer
        with FakeProvider(port=port, mode="steady"):
            threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
