"""A backup and a restore of many contacts: seconds, most memory, size. `CONTACTS=1000000` for the large one,
`ONLY_BACKUP=1` without the restore.

Most of the memory is age's lock for the passphrase: 256 or 512 MiB for a second at the start, however many contacts
there are. So what the rows themselves take is said beside it: the most memory in the second half of the time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.filling import fill_with_contacts, prepare_program
from benchmarks.harness import Database, on_each_database, say, this_database

CONTACTS = int(os.environ.get("CONTACTS", "100000"))
PASSPHRASE = "four kind words here"  # noqa: S105 (of a benchmark)


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    database.use_here()
    prepare_program()
    fill_with_contacts(CONTACTS)
    with tempfile.TemporaryDirectory(prefix="alongside-bench-moved-") as place:
        file, other = Path(place) / "all.backup", Path(place) / "other"
        say_all(f"{database.name}: backup of {CONTACTS:,} contacts", *measure(database, "backup", str(file)))
        say(f"{database.name}: size of the backup", file.stat().st_size / 2**20, "MiB")
        restored = Database(name="sqlite", home=other, url="")
        if not os.environ.get("ONLY_BACKUP"):
            say_all(f"{database.name}: restore and comparison into SQLite", *measure(restored, "restore", str(file)))


def say_all(what: str, seconds: float, mebibytes: list[float]) -> None:
    say(what, seconds, "s")
    say(f"{what}, most memory", max(mebibytes), "MiB")
    say(f"{what}, most memory in the second half", max(mebibytes[len(mebibytes) // 2 :]), "MiB")


def measure(database: Database, *arguments: str) -> tuple[float, list[float]]:
    """Run a command and watch it: seconds, and the memory it held all along, in MiB."""
    command = [sys.executable, "-m", "alongside.config.cli", *arguments]
    environment = database.environment(ALONGSIDE_BACKUP_PASSPHRASE=PASSPHRASE)
    started, held = time.monotonic(), [0.0]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told: list[str] = []
    reader = threading.Thread(target=lambda: told.append(process.stdout.read() if process.stdout else ""))
    reader.start()
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            held.append(watched.memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.05)
    reader.join()
    if process.wait() != 0:
        raise SystemExit(told[0])
    return time.monotonic() - started, held


if __name__ == "__main__":
    main()
