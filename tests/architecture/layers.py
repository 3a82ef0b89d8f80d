"""The layers as `.importlinter` draws them, which is the one place that says who stands above whom."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "alongside"


def heights() -> dict[str, int]:
    """The height of each layer's packages: a larger number may use a smaller one, equals may not use each other."""
    linter = ConfigParser()
    linter.read(ROOT / ".importlinter", encoding="utf-8")
    rows = linter["importlinter:contract:layers"]["layers"].split("\n")
    floors = [re.findall(r"\w+", row) for row in rows if row.strip()]
    return {name: height for height, names in enumerate(reversed(floors)) for name in names}


def source_files() -> list[Path]:
    """Python that people write: migrations are written by Django."""
    return [file for file in sorted(PACKAGE.rglob("*.py")) if "migrations" not in file.parts]
