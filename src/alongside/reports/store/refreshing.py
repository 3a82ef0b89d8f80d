"""Bringing the copy up to date with the ledger: only the days that changed are read.

A month's files have a version in their names, and the database says which version counts (`CopiedMonth`). They are
written first and named there afterwards, so whatever interrupts this leaves the earlier version in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb
from django.db import connection, transaction
from django_scopes import scope

from alongside.encounters.counting import as_text
from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import COMMON_COLUMNS, Facts, Period
from alongside.participants.models import Participant
from alongside.reports.asking import all_facts
from alongside.reports.catalogue import stamp
from alongside.reports.ledger import rows_within
from alongside.reports.models import CopiedMonth, RolledMonth, UncopiedDay, YearKey
from alongside.reports.periods import first_of_month, last_of_month
from alongside.reports.rolling import roll_up_program
from alongside.reports.store import files, places
from alongside.reports.store.arrays import as_array, read_back
from alongside.reports.store.copies import Copy
from alongside.reports.store.files import PARQUET
from alongside.reports.store.people import keep_people
from alongside.reports.store.sealing import address
from alongside.reports.store.surrogates import draw_afresh, surrogates
from alongside.sites.models import Program

ROWS_AT_ONCE = 100_000
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """What a refresh did."""

    months: int
    days: int


def refresh(program: Program, *, tell: Callable[[int, int], None] = lambda done, total: None) -> Refreshed:
    """Copy what changed since the last time. Raises Refusal if a file can't be written; the ledger stays as it is."""
    roll_up_program(program)
    with scope(program=program), files.alone(program.pk), files.engine() as engine, files.full_disk_said():
        waiting = list(_months_to_copy(program))
        for done, each in enumerate(waiting, start=1):
            _copy_month(each, program, engine)
            tell(done, len(waiting))
        _copy_joined(program, engine)
        files.forget_others(program.pk, [*places.files_in_force(program.pk), places.joined_file(program.pk)])
    return Refreshed(months=len(waiting), days=sum(len(each.days) for each in waiting))


def rebuild(program: Program, *, tell: Callable[[int, int], None] = lambda done, total: None) -> Refreshed:
    """Make the copy again from nothing, with new numbers for people."""
    with scope(program=program), transaction.atomic():
        CopiedMonth.objects.all().delete()
        draw_afresh()
    return refresh(program, tell=tell)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A month to copy. `days` are those that changed; without `old` the whole month is read from the ledger."""

    month: date
    old: str
    days: Sequence[date]
    marks: Sequence[int]

    def parts(self) -> Iterator[Period]:
        if self.old:
            yield from (Period(start=day, end=day) for day in self.days)
        else:
            yield Period(start=self.month, end=last_of_month(self.month))


def _months_to_copy(program: Program) -> Iterator[Waiting]:
    in_force = dict(CopiedMonth.objects.filter(stamp=stamp()).values_list("month", "version"))
    changed: dict[date, list[tuple[int, date]]] = {}
    for pk, day in UncopiedDay.objects.order_by("day").values_list("pk", "day"):
        changed.setdefault(first_of_month(day), []).append((pk, day))
    for month in sorted({*RolledMonth.objects.values_list("month", flat=True), *changed}):
        marks, days = zip(*changed.get(month, ()), strict=True) if month in changed else ((), ())
        old = in_force.get(month, "")
        is_whole = bool(old) and all(file.exists() for file in places.files_of_month(program.pk, month, old).values())
        if days or not is_whole:
            yield Waiting(month=month, old=old if is_whole else "", days=days, marks=marks)


def _copy_month(waiting: Waiting, program: Program, engine: duckdb.DuckDBPyConnection) -> None:
    """If the earlier files turn out to be damaged, the whole month is read from the ledger instead."""
    version = files.new_version()
    try:
        _write_files(waiting, version, program, engine)
    except (duckdb.Error, Refusal):
        if not waiting.old:
            raise
        _write_files(replace(waiting, old=""), version, program, engine)
    with transaction.atomic():
        CopiedMonth.objects.update_or_create(
            program=program, month=waiting.month, defaults={"version": version, "stamp": stamp()}
        )
        UncopiedDay.objects.filter(pk__in=waiting.marks).delete()


def _write_files(waiting: Waiting, version: str, program: Program, engine: duckdb.DuckDBPyConnection) -> None:
    number = surrogates(program)
    for facts in all_facts():
        place = places.month_file(program.pk, facts.name, waiting.month, version)
        _read_fresh(facts, waiting, engine, number)
        engine.execute(f"COPY ({_rows(facts, waiting, program)}) TO '{address(place)}' {PARQUET}")
        files.sync(place)
    count_month(waiting.month, version, program, engine)


def count_month(month: date, version: str, program: Program, engine: duckdb.DuckDBPyConnection) -> None:
    """What was found to be one person is joined when somebody counts, so that no month's files change by it."""
    months = {month: places.files_of_month(program.pk, month, version)}
    copy = Copy(engine=engine, months=months, has_joined=False)
    copy.sum_up(month)
    keep_people(copy, month)


def _read_fresh(
    facts: Facts, waiting: Waiting, engine: duckdb.DuckDBPyConnection, number: Callable[[str, int], int]
) -> None:
    columns = ", ".join(f'"{name}" {_type(name, kind)}' for name, kind in _columns(facts).items())
    engine.execute(f"CREATE OR REPLACE TEMP TABLE fresh ({columns})")
    for part in waiting.parts():
        for chunk in _chunks(facts, part):
            _insert(engine, facts, chunk, number)


def _rows(facts: Facts, waiting: Waiting, program: Program) -> str:
    """What was read from the ledger, and of the earlier file every day that did not change."""
    if not waiting.old:
        return "SELECT * FROM fresh ORDER BY site_id, day"
    old = address(places.month_file(program.pk, facts.name, waiting.month, waiting.old))
    days = ", ".join(f"DATE '{day.isoformat()}'" for day in waiting.days)
    kept = f"SELECT * FROM read_parquet('{old}') WHERE day NOT IN ({days})"
    return f"SELECT * FROM fresh UNION ALL BY NAME {kept} ORDER BY site_id, day"


def _columns(facts: Facts) -> dict[str, str]:
    return {**COMMON_COLUMNS, **facts.columns}


def _type(name: str, kind: str) -> str:
    return "BIGINT" if name == "person" else {"date": "DATE", "int64": "BIGINT", "string": "VARCHAR"}[kind]


def _chunks(facts: Facts, part: Period) -> Iterator[list[tuple[Any, ...]]]:
    rows, parameters = rows_within(facts, part).values(*_columns(facts)).query.sql_with_params()
    with connection.cursor() as cursor:
        ordered = ", ".join(f'"{name}"' for name in _columns(facts))
        cursor.execute(f'SELECT {ordered} FROM ({rows}) AS "facts"', parameters)
        while chunk := cursor.fetchmany(ROWS_AT_ONCE):
            yield chunk


def _insert(
    engine: duckdb.DuckDBPyConnection, facts: Facts, chunk: list[tuple[Any, ...]], number: Callable[[str, int], int]
) -> None:
    names = list(_columns(facts))
    values = dict(zip(names, zip(*chunk, strict=True), strict=True))
    days = [date.fromisoformat(str(day)) for day in values["day"]]
    values["day"] = tuple((day - EPOCH).days for day in days)
    people = zip(values["person"], days, strict=True)
    values["person"] = tuple(None if each is None else number(str(each), day.year) for each, day in people)
    engine.register("chunk", {name: as_array(_type(name, _columns(facts)[name]), values[name]) for name in names})
    chosen = ", ".join(f'{_from_array(name, kind)} AS "{name}"' for name, kind in _columns(facts).items())
    engine.execute(f"INSERT INTO fresh BY NAME SELECT {chosen} FROM chunk")
    engine.unregister("chunk")


def _from_array(name: str, kind: str) -> str:
    return "DATE '1970-01-01' + CAST(\"day\" AS INTEGER)" if name == "day" else read_back(name, _type(name, kind))


def _copy_joined(program: Program, engine: duckdb.DuckDBPyConnection) -> None:
    """Two people found to be one: their numbers in every year, so that joining them changes no month."""
    merged = Participant.objects.filter(counted_as__isnull=False).order_by("pk")
    pairs = list(merged.values_list(as_text("id"), as_text("counted_as_id")))
    number = surrogates(program)
    years = list(YearKey.objects.values_list("year", flat=True))
    found = [(number(one, year), number(kept, year)) for one, kept in pairs for year in years]
    arrays = {
        name: as_array("BIGINT", [pair[place] for pair in found]) for place, name in enumerate(("person", "counted_as"))
    }
    engine.register("chunk", arrays)
    place = places.joined_file(program.pk)
    draft = place.with_suffix(".part")
    engine.execute(f"COPY (SELECT * FROM chunk) TO '{address(draft)}' {PARQUET}")
    engine.unregister("chunk")
    draft.replace(place)
