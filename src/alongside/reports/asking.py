"""The questions that figures are counted by: those that look at the same rows in the same way are asked together.

Each is compiled from the indicators' Ibis expressions by tools/compile_indicators.py, once for every engine, and read
from `compiled/` here: Ibis itself is needed by nobody who only runs the program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from alongside.kernel.indicators import Facts, Indicator, PeopleIndicator
from alongside.reports.catalogue import all_indicators

COMPILED = Path(__file__).parent / "compiled"
HEAD = "-- name: "


class Engine(StrEnum):
    """What can answer. The first two are the ledger's own databases, the others read the copy."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    DUCKDB = "duckdb"
    SPARK = "spark"


LEDGER = frozenset({Engine.SQLITE, Engine.POSTGRESQL})


@dataclass(frozen=True)
class Tallies:
    """Figures that add up: one row a month, site and detail, with a column for each indicator."""

    name: str
    facts: Facts
    detail: str
    indicators: tuple[Indicator, ...]


@cache
def tallies() -> tuple[Tallies, ...]:
    groups: dict[str, list[Indicator]] = {}
    for each in all_indicators().values():
        if each.facts and each.value:
            groups.setdefault(f"{each.facts.name} by {each.detail or 'month'}", []).append(each)
    return tuple(_tallies(name, tuple(group)) for name, group in groups.items())


def _tallies(name: str, group: tuple[Indicator, ...]) -> Tallies:
    first = group[0]
    assert first.facts is not None  # noqa: S101 (`tallies` looked)
    return Tallies(name, first.facts, first.detail, group)


@cache
def people_figures() -> Mapping[str, PeopleIndicator]:
    return {name: each for name, each in all_indicators().items() if isinstance(each, PeopleIndicator)}


@cache
def all_facts() -> tuple[Facts, ...]:
    return tuple({each.facts.name: each.facts for each in all_indicators().values() if each.facts}.values())


@cache
def compiled(engine: Engine) -> Mapping[str, str]:
    """SQL by the question's name. KeyError for what was never compiled: run tools/compile_indicators.py."""
    text = (COMPILED / f"{engine}.sql").read_text(encoding="utf-8")
    parts = re.split(rf"^{HEAD}(.+)$", text, flags=re.MULTILINE)[1:]
    return {name: sql.strip() for name, sql in zip(parts[::2], parts[1::2], strict=True)}
