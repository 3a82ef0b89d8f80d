"""What a long run of tests measures, printed at its end: one JSON line each, as the benchmarks print theirs.

Only when FIGURES is set, as `make faults` does; the everyday tests say nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field

import pytest

_LINES: list[dict[str, object]] = []


@dataclass
class Figures:
    """Of one database."""

    database: str
    lines: list[dict[str, object]] = field(default_factory=list)

    def add(self, figure: str, value: float, unit: str, *, target: float | None = None) -> None:
        line: dict[str, object] = {"figure": f"{figure}.{self.database}", "value": value, "unit": unit}
        self.lines.append(line if target is None else line | {"target": target, "met": value <= target})


@pytest.fixture
def figures(database_kind: str) -> Figures:
    return Figures(database_kind, _LINES)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("FIGURES"):
        for line in _LINES:
            terminalreporter.write_line(json.dumps(line))
