"""Messages a second through `manage.py decide`, start and build left out.

`python -m benchmarks.engine.throughput [SIZE]`
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.engine.measuring import show_load
from benchmarks.engine.workload import Workload, build_situation

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 60_000
ROUNDS = 3


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    workload = Workload(size)
    situations = [build_situation(raw) for raw in workload.draw(MESSAGES)]
    lines = [
        json.dumps({"text": each.text, "facts": dict(each.facts)}, ensure_ascii=False)
        for each in situations
    ]
    print(show_load())
    with tempfile.TemporaryDirectory() as folder:
        rulebook = Path(folder) / "rulebook.yaml"
        rulebook.write_text(json.dumps(workload.build_data()))  # JSON is YAML
        print(f"{MESSAGES:,} distinct messages at {size:,} rules, messages a second")
        for _ in range(ROUNDS):
            report(rulebook, Path(folder), lines)


def report(rulebook: Path, folder: Path, lines: list[str]) -> None:
    """What many messages take beyond what one takes, by the clock and by the processor."""
    alone = [run(rulebook, folder, lines[:1]) for _ in range(3)]
    clock, processor = run(rulebook, folder, lines)
    clock -= median(each[0] for each in alone)
    processor -= median(each[1] for each in alone)
    print(f"by the clock {len(lines) / clock:9,.0f}   of one core {len(lines) / processor:9,.0f}")


def run(rulebook: Path, folder: Path, lines: list[str]) -> tuple[float, float]:
    """Seconds by the clock and of the processor for one run over these lines."""
    messages = folder / "messages.jsonl"
    messages.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "manage.py", "decide", "--rulebook", str(rulebook)]
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with messages.open("rb") as source, Path(os.devnull).open("wb") as sink:
        subprocess.run(command, cwd=ROOT, stdin=source, stdout=sink, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, spent


if __name__ == "__main__":
    main()
