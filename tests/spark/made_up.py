"""Rows of every table that figures are counted from, as programs take them along: by chance, the same each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from alongside.kernel.indicators import COMMON_COLUMNS, Facts
from alongside.reports.asking import all_facts

PROGRAMS = ("harbor", "12", "o'brien")
YEARS = (2025, 2026)
ROWS = 1_500
WORDS: Mapping[str, tuple[str, ...]] = {
    "survived": ("yes", "no", "unknown", "not_asked"),
    "first": ("first", "refill", "not_asked"),
    "substances": ("", "heroin", "heroin,cocaine", "fentanyl,heroin,other"),
    "route": ("inject", "smoke", "not_asked"),
    "type": ("opioid", "stimulant", "other"),
    "response": ("oxygen", "naloxone", "both"),
    "ambulance": ("none", "came", "called"),
    "outcome": ("recovered", "died", "hospital"),
}
EMPTY = np.iinfo(np.int64).min


def write_copies(folder: Path, *, programs: Sequence[str] = PROGRAMS, years: Sequence[int] = YEARS) -> None:
    chance = random.Random(4)
    with duckdb.connect() as engine:
        for program in programs:
            for facts in all_facts():
                for year in years:
                    _write(engine, folder / facts.name / f"program={program}", facts, year, chance)
            names = folder / "names" / f"program={program}"
            names.mkdir(parents=True)
            (names / "names.csv").write_text("column,id,name\nsite_id,1,Van\nitem_id,2,cooker\n", encoding="utf-8")


def _write(engine: Any, place: Path, facts: Facts, year: int, chance: random.Random) -> None:
    columns = {**COMMON_COLUMNS, **facts.columns, "person": "int64"}
    rows = [_row(facts, year, chance) for _number in range(ROWS)]
    arrays = {name: _array(kind, [row[name] for row in rows]) for name, kind in columns.items()}
    engine.register("rows", arrays)
    chosen = ", ".join(f'{_read(name, kind)} AS "{name}"' for name, kind in columns.items())
    for month in range(1, 13):
        first = place / f"month={year}-{month:02}-01"
        first.mkdir(parents=True)
        file = str(first / "part.parquet").replace("'", "''")
        engine.execute(f"COPY (SELECT {chosen} FROM rows WHERE month(CAST(day AS DATE)) = {month}) TO '{file}'")
    engine.unregister("rows")


def _row(facts: Facts, year: int, chance: random.Random) -> dict[str, Any]:
    precision = chance.choices("dmy", (90, 7, 3))[0]
    day = date(year, 1, 1) + timedelta(days=chance.randrange(365))
    return {
        "day": {"d": day, "m": day.replace(day=1), "y": date(year, 1, 1)}[precision].isoformat(),
        "precision": precision,
        "is_year_only": int(precision == "y"),
        "site_id": chance.randrange(1, 4),
        "person": chance.choice((None, chance.randrange(300))),
        **{name: _VALUES[kind](name, chance) for name, kind in facts.columns.items()},
    }


def _number(name: str, chance: random.Random) -> int | None:
    if name in {"people", "reached"} and chance.random() < 0.2:
        return None
    if name in {"estimated", "is_naloxone"}:
        return chance.randrange(2)
    return chance.choice((0, 1, 2, 3, 10, 2**33))


def _word(name: str, chance: random.Random) -> str:
    return chance.choice(WORDS[name])


_VALUES: Mapping[str, Callable[[str, random.Random], Any]] = {"int64": _number, "string": _word}


def _array(kind: str, values: list[Any]) -> Any:
    if kind == "int64":
        return np.array([EMPTY if value is None else value for value in values], dtype=np.int64)
    return np.array(values, dtype=object)


def _read(name: str, kind: str) -> str:
    if kind == "int64":
        return f'NULLIF("{name}", {EMPTY})'
    return f'CAST("{name}" AS DATE)' if kind == "date" else f'"{name}"'
