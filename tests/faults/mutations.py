"""Break each property of the alarm and the room once, and see that a test notices: `make mutations`.

Each mutation is a change of one place in a copy of the source. A test that still passes then says nothing about it.
`make mutations ONLY="2 7"` does those of two properties.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import cache_from_source
from pathlib import Path

from tests.faults.broken_alarms import ALARMS
from tests.faults.broken_room import ROOM
from tests.faults.mutating import Mutation

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "alongside"
LEFT = shutil.ignore_patterns(".venv", ".git", "build", "var", "node_modules", "__pycache__", ".hypothesis")
MUTATIONS = (*ALARMS, *ROOM)


def main(wanted: list[str]) -> None:
    chosen = [each for each in MUTATIONS if not wanted or str(each.property) in wanted]
    with tempfile.TemporaryDirectory(prefix="alongside-mutations-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=LEFT)
        unnoticed = [mutation.breaks for mutation in chosen if not is_noticed(mutation, copy)]
    if unnoticed:
        sys.exit(f"Not noticed: {'; '.join(unnoticed)}.")


def is_noticed(mutation: Mutation, copy: Path) -> bool:
    file = copy / "src" / "alongside" / mutation.file
    whole = file.read_text(encoding="utf-8")
    _write(file, whole.replace(mutation.old, mutation.new))
    try:
        done = run_test(mutation, copy)
    finally:
        _write(file, whole)
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    is_seen = done.returncode == 1 and bool(failed)
    line = {"property": mutation.property, "breaks": mutation.breaks, "noticed": is_seen, "by": mutation.noticed_by}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return is_seen


def _write(file: Path, text: str) -> None:
    """What was compiled of it goes: two texts of the same second and length look the same to Python."""
    file.write_text(text, encoding="utf-8")
    Path(cache_from_source(str(file))).unlink(missing_ok=True)


def run_test(mutation: Mutation, copy: Path) -> subprocess.CompletedProcess[str]:
    """In the copy, with its source before the installed one. A test that only errs has noticed nothing."""
    environment = os.environ | {"PYTHONPATH": str(copy / "src")}
    command = [sys.executable, "-m", "pytest", "-q", "-x", f"--database={mutation.database}", mutation.noticed_by]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main(sys.argv[1:])
