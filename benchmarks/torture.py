"""Whether anything that waited on phones is ever lost or counted twice: tests/faults/test_phones.py at full size.

Figures, for each database: torture.lost and torture.doubled (both 0), torture.contacts, .kills and .seconds. PHONES,
CONTACTS and KILLS say how large (100, 1000 and 200: hours; the same in the tests every day is 10, 200 and 20).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.harness import ROOT, Database, on_each_database, say, this_database

USUAL = {"PHONES": "100", "CONTACTS": "1000", "KILLS": "200"}
HOURS = 6


def torture(database: Database) -> None:
    """`tests/faults/test_phones.py` at the size that is asked for; it says what it found also if that is bad."""
    sizes = {name: os.environ.get(name, usual) for name, usual in USUAL.items()}
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "found.json"
        tests = [sys.executable, "-m", "pytest", "-q", "tests/faults/test_phones.py", f"--database={database.name}"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ALONGSIDE_", "DJANGO_"))}
        more = {"FOUND": str(said), "PATIENCE_SECONDS": str(HOURS * 3600)}
        subprocess.run(tests, cwd=ROOT, env=kept | sizes | more, stdout=sys.stderr, check=False)
        found = json.loads(said.read_text())
    for name, target in (("lost", 0), ("doubled", 0), ("contacts", None), ("kills", None), ("seconds", None)):
        unit = "s" if name == "seconds" else name
        say(f"torture.{name}.{database.name}", found[name], unit, target=target)


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    torture(database)


if __name__ == "__main__":
    main()
