"""Starting and idling: seconds of a second start of the demo program, and the memory of everything it runs.

Figures: run.second_start_s, run.idle_memory_mib (proportional set size of the whole process tree, after a minute's
rest and one look at the first page), run.stop_s.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.harness import Browser, on_each_database, running, say, this_database

REST_SECONDS = 30


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    with running(database, "--demo"):
        pass
    begin = time.perf_counter()
    with running(database, "--demo") as (address, process):
        say(f"run.second_start_s.{database.name}", time.perf_counter() - begin, "s", target=5)
        Browser(address)
        time.sleep(REST_SECONDS)
        say(f"run.idle_memory_mib.{database.name}", memory_mib(process.pid), "MiB", target=250)
        stopping = time.perf_counter()
    say(f"run.stop_s.{database.name}", time.perf_counter() - stopping, "s", target=3)


def memory_mib(pid: int) -> float:
    """Memory of a process and all below it; what they share is counted once (PostgreSQL is not ours to count)."""
    return sum(_pss_kib(each) for each in _tree(pid)) / 1024


def _tree(pid: int) -> list[int]:
    below: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            below += _tree(int(child))
    return [pid, *below]


def _pss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
