"""`python -m benchmarks.peers [--install]`: the peers' table of benchmarks/README.md."""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.installing import FOLDER, NODE_MODULES, PYTHON, install
from benchmarks.peers.workload import read_workload, write_workload

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 300  # seconds for loading and deciding once
HEADINGS = (
    "",
    "rules",
    "load",
    "memory",
    "p50",
    "p99",
    "messages/s a core",
    "p50, Firstline = 1",
    "as intended",
    "by another rule",
    "silent when nothing holds",
)


@dataclass(frozen=True, slots=True)
class Peer:
    """A script that decides a workload, and the environment it runs in."""

    name: str
    script: str
    python: Path = PYTHON
    rules: int = 1_000


@dataclass(frozen=True, slots=True)
class Figures:
    """One run: seconds, MB, microseconds, and shares of the messages it decided."""

    load: float
    memory: float
    p50: float
    p99: float
    rate: float
    right: float
    wrong: float
    silent: float


OURS = Path(sys.executable)
PEERS = (
    Peer("Firstline, durable engine", "firstline_durable", OURS),
    Peer("Firstline, reference evaluator", "firstline_reference", OURS),
    Peer("AIML (python-aiml)", "aiml_bot"),
    Peer("RiveScript", "rivescript_bot"),
    Peer("nlp.js", "nlpjs_bot", OURS),
    Peer("durable-rules, raw", "durable_raw"),
    Peer("durable-rules, raw", "durable_raw", rules=100),
)


def run_peer(peer: Peer, workload: Path) -> Figures | str:
    """Its figures, or one sentence on how it ended."""
    command = [str(peer.python), "-m", f"benchmarks.peers.{peer.script}", str(workload)]
    environment = {**os.environ, "NODE_PATH": str(NODE_MODULES)}
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except (subprocess.TimeoutExpired, FileNotFoundError) as error:
        return f"did not end: {type(error).__name__}"
    if done.returncode < 0:
        return f"killed by {signal.Signals(-done.returncode).name}"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["ended without a word"])[-1]
    return build_figures(json.loads(done.stdout.splitlines()[-1]), read_workload(str(workload)))


def build_figures(result: dict[str, Any], workload: dict[str, Any]) -> Figures:
    times, answers = sorted(result["times_us"]), result["answers"]
    wanted = [message["wanted"] for message in workload["messages"][: len(answers)]]
    pairs = list(zip(answers, wanted, strict=True))
    silent = [answer is None for answer, rule in pairs if rule is None]
    return Figures(
        load=result["load_seconds"],
        memory=result["memory_mb"],
        p50=times[len(times) // 2],
        p99=times[len(times) * 99 // 100],
        rate=len(times) / sum(times) * 1e6,
        right=sum(pair[0] == pair[1] for pair in pairs) / len(pairs),
        wrong=sum(pair[0] not in (None, pair[1]) for pair in pairs) / len(pairs),
        silent=sum(silent) / len(silent) if silent else 1.0,
    )


def take_medians(runs: Sequence[Figures]) -> Figures:
    """Of each figure on its own, so that one disturbed run spoils none."""
    names = Figures.__dataclass_fields__
    return Figures(
        **{name: statistics.median(getattr(run, name) for run in runs) for name in names}
    )


def show(peer: Peer, figures: Figures, unit: float) -> None:
    cells = (
        peer.name,
        f"{peer.rules:,}",
        f"{figures.load:.2f} s",
        f"{figures.memory:.0f} MB",
        f"{figures.p50:,.0f} µs",
        f"{figures.p99:,.0f} µs",
        f"{figures.rate:,.0f}",
        f"{figures.p50 / unit:,.1f}",
        f"{figures.right:.1%}",
        f"{figures.wrong:.1%}",
        f"{figures.silent:.0%}",
    )
    print("|", " | ".join(cells), "|")


def measure(*, rounds: int, messages: int) -> dict[Peer, list[Figures | str]]:
    """Rounds in which everybody runs once, in an order that differs from round to round."""
    workloads = {}
    for rules in {peer.rules for peer in PEERS}:
        workloads[rules] = FOLDER / f"workload-{rules}.json"
        write_workload(workloads[rules], rules=rules, messages=messages)
    runs: dict[Peer, list[Figures | str]] = {peer: [] for peer in PEERS}
    for number in range(rounds):
        for peer in random.Random(number).sample(PEERS, len(PEERS)):
            print(f"round {number + 1}: {peer.name}, {peer.rules} rules", file=sys.stderr)
            runs[peer].append(run_peer(peer, workloads[peer.rules]))
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="install the peers first")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=2_000)
    options = parser.parse_args()
    if options.install:
        install()
    if not PYTHON.exists():
        raise SystemExit("the peers are not installed: add --install")
    runs = measure(rounds=options.rounds, messages=options.messages)
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    unit: float | None = None
    for peer, outcomes in runs.items():
        good = [run for run in outcomes if isinstance(run, Figures)]
        if not good:
            print(f"| {peer.name} | {peer.rules:,} | {outcomes[0]} |")
            continue
        figures = take_medians(good)
        unit = figures.p50 if unit is None else unit
        show(peer, figures, unit)
        for failure in (run for run in outcomes if isinstance(run, str)):
            print(f"{peer.name}: one run {failure}", file=sys.stderr)


if __name__ == "__main__":
    main()
