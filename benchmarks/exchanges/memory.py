"""What open sockets weigh in the server: idle visitors, then others who talk beside them."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.exchanges.client import Report, connecting, run
from benchmarks.exchanges.processors import read_memory
from benchmarks.exchanges.servers import PRODUCT, serving

IDLE = 10_000
ACTIVE = 200
SETTLE = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Weight:
    """Megabytes of the server: started, after one visitor, with all, and with all and traffic."""

    started: float
    used: float
    idle: float
    busy: float
    traffic: Report


def measure_memory(database_url: str, plan: Path, *, sockets: int = IDLE) -> Weight:
    with serving(PRODUCT, database_url) as server:
        started = read_memory(server.pid)
        run(server, plan, sockets=1, warm=0, seconds=1)
        used = read_memory(server.pid)
        with connecting(server, plan, sockets=sockets, idle=True):
            time.sleep(SETTLE)
            idle = read_memory(server.pid)
            traffic = run(server, plan, sockets=ACTIVE)
            busy = read_memory(server.pid)
    return Weight(started=started, used=used, idle=idle, busy=busy, traffic=traffic)


def show_weight(weight: Weight) -> None:
    each = (weight.idle - weight.used) * 1e3 / IDLE
    print(f"started {weight.started:.0f} MB, after the first visitor {weight.used:.0f} MB")
    print(f"{IDLE:,} open sockets {weight.idle:.0f} MB ({each:.1f} kB each)")
    print(
        f"and {ACTIVE} that talk {weight.busy:.0f} MB:"
        f" {weight.traffic.rate:,.0f} exchanges/s, p99 {weight.traffic.find_ms('p99'):.1f} ms"
        f" {weight.traffic.complaint}"
    )
    print(f"open files allowed: {os.sysconf('SC_OPEN_MAX'):,}")
