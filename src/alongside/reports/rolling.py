"""Counting months once and keeping what they came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django_scopes import scope

from alongside.encounters.models import Encounter
from alongside.jobs.specs import Work
from alongside.kernel.indicators import Period
from alongside.reports.asking import people_figures
from alongside.reports.catalogue import all_indicators, stamp
from alongside.reports.ledger import live_cells, live_people
from alongside.reports.models import ChangedMonth, MonthCell, MonthPeople, RolledMonth, UncopiedDay
from alongside.reports.periods import first_of_month, last_of_month, months_in
from alongside.reports.reading import clean_months, people_as_bytes
from alongside.sites.models import Program

JOB = "reports.roll_up"
ROWS_AT_ONCE = 5_000
CELL = ("indicator", "site_id", "detail", "is_year_only", "value")
PEOPLE = ("indicator", "site_id", "is_year_only", "people")


class CountedElsewhere(Exception):
    """Another process counted the same month in the meantime."""


def roll_up_programs(work: Work) -> None:
    """The job: count every month of every program that changed since it was counted."""
    waiting = [(program, month) for program in Program.objects.all() for month in stale_months(program)]
    for done, (program, month) in enumerate(waiting, start=1):
        roll_up(month, program=program)
        work.report_progress(done, len(waiting))


def roll_up_program(program: Program) -> int:
    """Count the program's changed months now. Answers how many there were."""
    months = stale_months(program)
    for month in months:
        roll_up(month, program=program)
    return len(months)


def stale_months(program: Program) -> list[date]:
    """Months from the first contact to the last that have to be counted (again)."""
    with scope(program=program):
        ends = Encounter.objects.aggregate(first=Min("day"), last=Max("day"))
        if ends["first"] is None:
            return []
        months = set(months_in(Period(start=ends["first"], end=ends["last"])))
        return sorted(months - clean_months(months))


def roll_up(month: date, *, program: Program) -> None:
    """Count one month and keep it.

    The order makes it right without stopping anybody from recording: first the marks are read, then the ledger, and
    only these marks are removed. A contact saved meanwhile brings a mark of its own, so the month stays changed and
    is read from the ledger until the next time.
    """
    month = first_of_month(month)
    with scope(program=program):
        times_before = RolledMonth.objects.filter(month=month).values_list("times_counted", flat=True).first()
        marks = dict(ChangedMonth.objects.filter(month=month).values_list("pk", "day"))
        differences = [
            _difference(MonthCell, CELL, month, _cells_of(month), program),
            _difference(MonthPeople, PEOPLE, month, _people_of(month), program),
        ]
        try:
            with transaction.atomic():
                _claim(month, times_before, program)
                for difference in differences:
                    difference.write()
                _delete(ChangedMonth, marks)
                _leave_to_copy(set(marks.values()), program)
        except CountedElsewhere:
            return


def _leave_to_copy(days: set[date | None], program: Program) -> None:
    """Marks of an earlier version of the program say no day; then the month was never copied either."""
    rows = [UncopiedDay(program=program, day=day) for day in sorted(filter(None, days))]
    UncopiedDay.objects.bulk_create(rows, ignore_conflicts=True)


def _claim(month: date, times_before: int | None, program: Program) -> None:
    """Only who found the month as it still is may write it."""
    if times_before is None:
        try:
            with transaction.atomic():
                RolledMonth.objects.create(program=program, month=month, stamp=stamp())
        except IntegrityError:
            raise CountedElsewhere from None
    else:
        as_found = RolledMonth.objects.filter(month=month, times_counted=times_before)
        if not as_found.update(times_counted=times_before + 1, stamp=stamp()):
            raise CountedElsewhere


def _cells_of(month: date) -> set[tuple[Any, ...]]:
    period = Period(start=month, end=last_of_month(month))
    return {
        (name, cell.site_id, cell.detail, cell.month is None, cell.value)
        for name, cell in live_cells(period, all_indicators())
    }


def _people_of(month: date) -> set[tuple[Any, ...]]:
    period = Period(start=month, end=last_of_month(month))
    return {
        (name, site_id, month_number is None, people_as_bytes(people))
        for name, indicator in people_figures().items()
        for (_year, month_number, site_id), people in live_people(indicator, period)
    }


@dataclass(frozen=True)
class Difference:
    """What has to go and to come so that a month is kept as it was counted: most of the time only a little."""

    model: Any
    gone: list[int]
    new: list[Any]

    def write(self) -> None:
        _delete(self.model, self.gone)
        self.model.objects.bulk_create(self.new, batch_size=ROWS_AT_ONCE)


def _difference(
    model: Any, fields: tuple[str, ...], month: date, wanted: set[tuple[Any, ...]], program: Program
) -> Difference:
    rows = model.objects.filter(month=month).values_list("pk", *fields)
    kept = {tuple(map(_plain, values)): pk for pk, *values in rows}
    return Difference(
        model=model,
        gone=[pk for values, pk in kept.items() if values not in wanted],
        new=[
            model(program=program, month=month, **dict(zip(fields, values, strict=True)))
            for values in wanted - kept.keys()
        ],
    )


def _plain(value: Any) -> Any:
    """PostgreSQL answers with a view of bytes."""
    return bytes(value) if isinstance(value, memoryview) else value


def _delete(model: Any, keys: Iterable[int]) -> None:
    every = list(keys)
    for start in range(0, len(every), ROWS_AT_ONCE):
        model.objects.filter(pk__in=every[start : start + ROWS_AT_ONCE]).delete()
