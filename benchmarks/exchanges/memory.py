"""What open sockets weigh in the server: idle visitors, then others who talk beside them."""

import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.exchanges.client import Report, connecting, run
from benchmarks.exchanges.processors import read_memory
from benchmarks.exchanges.servers import PRODUCT, serving

IDLE = 10_000
ACTIVE = 200
OFFERED = 500  # questions a second
SETTLE = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Weight:
    """Megabytes of the server: started, after one visitor, with all, and with all and traffic."""

    started: float
    used: float
    idle: float
    busy: float
    traffic: Report


def measure_memory(
    database_url: str, plan: Path, *, is_browser: bool, sockets: int = IDLE
) -> Weight:
    """`is_browser`: the idle ones offer to be compressed, as browsers do."""
    idle = {"idle": True, "browser": True} if is_browser else {"idle": True}
    with serving(PRODUCT, database_url) as server:
        started = read_memory(server.pid)
        run(server, plan, sockets=1, warm=0, seconds=1)
        used = read_memory(server.pid)
        with connecting(server, plan, sockets=sockets, **idle):
            time.sleep(SETTLE)
            open_ = read_memory(server.pid)
            traffic = run(server, plan, sockets=ACTIVE, rate=OFFERED)
            busy = read_memory(server.pid)
    return Weight(started=started, used=used, idle=open_, busy=busy, traffic=traffic)


def show_weights(weights: dict[str, Weight]) -> None:
    print(
        f"| | started | after one visitor | {IDLE:,} open sockets | each |"
        f" and {ACTIVE} that talk, {OFFERED}/s | p99 | went wrong |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, weight in weights.items():
        cells = (
            name,
            *(f"{each:.0f} MB" for each in (weight.started, weight.used, weight.idle)),
            f"{(weight.idle - weight.used) * 1e3 / IDLE:.1f} kB",
            f"{weight.busy:.0f} MB",
            f"{weight.traffic.find_ms('p99'):.1f} ms",
            weight.traffic.complaint or "nothing",
        )
        print("|", " | ".join(cells), "|", flush=True)
