"""What others notice of somebody who costs time: paired runs, without and with them."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.exchanges.client import Report, connecting, run
from benchmarks.exchanges.places import OTHER_PROCESSORS
from benchmarks.exchanges.plan import Visitor, build_askers, multiply, write_plan
from benchmarks.exchanges.servers import PRODUCT, Server, running, serving
from tests.processes import build_environment, find_free_port

OFFERED = 200  # questions a second of everybody else
SOCKETS = 400  # so that nobody comes near a limit
SOCKETS_PER_ADDRESS = 20
STREAMS = 50
PIECES, GAP = 100, 0.05  # of a model's answer; seconds
Disturbance = Callable[[Server], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same traffic alone and disturbed."""

    alone: Report
    disturbed: Report

    def find_ratio(self, share: str) -> float:
        return self.disturbed.find_ms(share) / self.alone.find_ms(share)


def measure_pairs(
    server: Server, plan: Path, disturb: Disturbance, *, pairs: int, seconds: float
) -> list[Pair]:
    """In turn, in an order that changes."""
    found = []
    for number in range(pairs):
        runs = {}
        for is_disturbed in (False, True) if number % 2 else (True, False):
            if not is_disturbed:
                runs[False] = _run(server, plan, seconds)
                continue
            with disturb(server):
                time.sleep(1)
                runs[True] = _run(server, plan, seconds)
        found.append(Pair(alone=runs[False], disturbed=runs[True]))
    return found


def _run(server: Server, plan: Path, seconds: float) -> Report:
    return run(
        server,
        plan,
        sockets=SOCKETS,
        sockets_per_address=SOCKETS_PER_ADDRESS,
        rate=OFFERED,
        warm=SOCKETS / OFFERED + 1,  # nobody's first question is counted
        seconds=seconds,
    )


def build_nuisance(kind: str, hook_port: int, plan: Path) -> Disturbance:
    @contextmanager
    def disturb(server: Server) -> Iterator[object]:
        arguments = ["-m", "benchmarks.exchanges.nuisance", kind, f"{server.port}"]
        arguments += [f"{hook_port}", f"{plan}"]
        with running(arguments, build_environment({}), OTHER_PROCESSORS, ahead=False) as pid:
            yield pid

    return disturb


def build_streams(plan: Path) -> Disturbance:
    """Visitors who ask the model again as soon as it has answered."""

    @contextmanager
    def disturb(server: Server) -> Iterator[object]:
        with connecting(server, plan, sockets=STREAMS, seconds=3_600) as client:
            client.begin()
            yield client

    return disturb


def measure_neighbours(
    database_url: str, visitors: list[Visitor], hook_port: int, *, pairs: int, seconds: float
) -> dict[str, list[Pair]]:
    """Limits as shipped. What sends what to the model stands still meanwhile."""
    with TemporaryDirectory() as folder:
        plan = write_plan(Path(folder) / "others", multiply(visitors, SOCKETS))
        askers = build_askers(visitors, STREAMS + 1)
        model_plan = write_plan(Path(folder) / "askers", askers[1:])
        own_plan = write_plan(Path(folder) / "nuisance", askers[:1])
        model_port = find_free_port()
        model = [f"{model_port}", f"{PIECES}", f"{GAP}", f"{folder}/pieces"]
        settings = {
            "RATE_LIMITS": "on",
            "WEBHOOK_PRIVATE_HOSTS": f"127.0.0.1:{hook_port}",
            "LLM_BASE_URL": f"http://127.0.0.1:{model_port}/v1",
            "LLM_MODEL": "steady",
        }
        kinds = {
            "one visitor's slow calls": build_nuisance("slow", hook_port, own_plan),
            "one visitor's flood": build_nuisance("flood", hook_port, own_plan),
            f"{STREAMS} streaming answers": build_streams(model_plan),
        }
        arguments = ["-m", "benchmarks.exchanges.model", *model]
        with (
            running(arguments, build_environment({}), OTHER_PROCESSORS),
            serving(PRODUCT, database_url, settings) as server,
        ):
            return {
                name: measure_pairs(server, plan, disturb, pairs=pairs, seconds=seconds)
                for name, disturb in kinds.items()
            }


def show_pairs(found: dict[str, list[Pair]]) -> None:
    print(
        "| beside | p50 alone / disturbed ms | p99 alone / disturbed ms | p99 ratio, median |"
        " of each pair | went wrong |"
    )
    print("|---|---|---|---|---|---|")
    for name, pairs in found.items():
        ratios = [pair.find_ratio("p99") for pair in pairs]
        cells = (
            name,
            *(_show_medians(pairs, share) for share in ("p50", "p99")),
            f"{median(ratios):.2f}",
            " ".join(f"{ratio:.2f}" for ratio in ratios),
            "; ".join(sorted({_find_complaint(pair) for pair in pairs} - {""})) or "nothing",
        )
        print("|", " | ".join(cells), "|", flush=True)


def _show_medians(pairs: list[Pair], share: str) -> str:
    alone = median(pair.alone.find_ms(share) for pair in pairs)
    return f"{alone:.1f} / {median(pair.disturbed.find_ms(share) for pair in pairs):.1f}"


def _find_complaint(pair: Pair) -> str:
    return pair.alone.complaint or pair.disturbed.complaint
