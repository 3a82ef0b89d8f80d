"""Every benchmark, or those named: `make bench`, `make bench ONLY=desk`. Prints one JSON line a figure.

A script is a benchmark if it prints figures of its own; the others are what they share.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = {"__init__", "all", "filling", "floor", "harness"}


def main() -> None:
    scripts = {path.stem: path for path in sorted(HERE.glob("*.py")) if path.stem not in SHARED}
    wanted = sys.argv[1:] or list(scripts)
    if unknown := [name for name in wanted if name not in scripts]:
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(scripts)}.")
    failed = [name for name in wanted if subprocess.run([sys.executable, scripts[name]], check=False).returncode]
    if failed:
        sys.exit(f"Not finished: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
