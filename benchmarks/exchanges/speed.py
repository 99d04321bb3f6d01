"""Exchanges a second and what one costs: the product beside the plain ORM way and a mere echo."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.exchanges.client import Report, run
from benchmarks.exchanges.servers import PRODUCT, YARDSTICKS, Server, serving

SOCKETS = 200
Runs = dict[str, list[Report]]


def measure_speed(
    database_url: str,
    plan: Path,
    *,
    rounds: int,
    seconds: float,
    offered: Sequence[int],
    names: Sequence[str] = (PRODUCT, *YARDSTICKS),
) -> Runs:
    """All of them as fast as they can, then the product at a given pace, in turn."""
    runs: defaultdict[str, list[Report]] = defaultdict(list)
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(name, database_url)) for name in names]
        for _ in range(rounds):
            for server in servers:
                runs[server.name].append(_run(server, plan, seconds=seconds))
            for rate in offered:
                report = _run(servers[0], plan, seconds=seconds, rate=rate)
                runs[f"{PRODUCT}, {rate:,}/s offered"].append(report)
    return runs


def _run(server: Server, plan: Path, **options: float) -> Report:
    return run(server, plan, sockets=SOCKETS, **options)


def show_runs(runs: Runs) -> None:
    print("| | exchanges/s | p50 / p99 / max ms | server µs | PostgreSQL µs | went wrong |")
    print("|---|---|---|---|---|---|")
    for name, reports in runs.items():
        times = " / ".join(
            f"{median(report.find_ms(share) for report in reports):,.1f}"
            for share in ("p50", "p99", "max")
        )
        cells = (
            name,
            f"{median(report.rate for report in reports):,.0f}",
            times,
            f"{median(report.server_us for report in reports):,.0f}",
            f"{median(report.postgres_us for report in reports):,.0f}",
            "; ".join(sorted({report.complaint for report in reports} - {""})) or "nothing",
        )
        print("|", " | ".join(cells), "|", flush=True)


def show_ratios(runs: Runs) -> None:
    rates = {name: median(report.rate for report in reports) for name, reports in runs.items()}
    for name in YARDSTICKS:
        if name in rates:
            print(f"{PRODUCT} : {name} = {rates[PRODUCT] / max(rates[name], 1e-9):.2f}")
