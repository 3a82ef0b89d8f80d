"""Make `.venv` hold exactly what a lock in `requirements/` names, and Alongside itself.

    python tools/environment.py run      what a program needs
    python tools/environment.py dev      the same, with what it takes to change Alongside
    python tools/environment.py spark    the same, with Apache Spark

Runs with the system's Python and its standard library only. uv does the work where it installs; pip does it elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"


def main() -> None:
    lock = ROOT / "requirements" / f"{sys.argv[1]}.txt"
    if not PYTHON.exists():
        make_venv()
    run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / "requirements" / "install.txt")
    install(*(["--require-hashes"] if UV.exists() else []), "-r", lock)
    install("--no-build-isolation", "--no-deps", "--editable", ROOT)


def make_venv() -> None:
    say(f"Making .venv with Python {sys.version_info.major}.{sys.version_info.minor}.")
    try:
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    except subprocess.CalledProcessError:
        sys.exit("This Python cannot make an environment. On Debian and Ubuntu, install the package python3-venv.")


def install(*arguments: str | Path) -> None:
    if UV.exists():
        run(UV, "pip", "install", "--quiet", "--python", PYTHON, *arguments)
    else:
        run(PYTHON, "-m", "pip", "install", "--quiet", *arguments)


def run(*command: str | Path) -> None:
    """Run one step; if it fails, its own message has already said why."""
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run([str(part) for part in command], check=False, env=environment)
    if done.returncode:
        sys.exit(f"Installing stopped: {Path(str(command[0])).name} said no (above). Is this computer online?")


def say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    main()
