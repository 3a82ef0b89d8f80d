"""Counting in the copy, by the same questions that the ledger answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import Period
from alongside.reports.models import CopiedMonth
from alongside.reports.reading import Counted
from alongside.reports.store import files, places
from alongside.reports.store.copies import Copy
from alongside.reports.store.refreshing import refresh
from alongside.reports.store.sealing import address
from alongside.sites.models import Program

Answer = TypeVar("Answer")


@contextmanager
def copy_of(program: Program) -> Iterator[Copy]:
    """The copy, open for questions. Inside the program's scope."""
    months = dict(CopiedMonth.objects.values_list("month", "version"))
    with files.engine() as engine:
        yield Copy(
            engine=engine,
            months={month: places.files_of_month(program.pk, month, version) for month, version in months.items()},
            has_joined=_read_joined(engine, places.joined_file(program.pk)),
        )


def answer_from_copy(program: Program, ask: Callable[[Copy], Answer]) -> Answer:
    """What the copy answers. Damaged files are made again once."""
    try:
        with copy_of(program) as copy:
            return ask(copy)
    except (duckdb.Error, Refusal, OSError):
        mend(program)
    with copy_of(program) as copy:
        return ask(copy)


def count_in_copy(period: Period, *, names: Collection[str], program: Program) -> Counted:
    """As `reading.count_period`, out of the copy."""
    return answer_from_copy(program, lambda copy: copy.count(period, names=names))


def mend(program: Program) -> int:
    """Look at every file that counts, and make months with damaged or missing ones again. Answers how many."""
    with copy_of(program) as copy:
        damaged = [month for month in copy.months if not copy.is_whole(month)]
    CopiedMonth.objects.filter(month__in=damaged).delete()
    if damaged or not places.joined_file(program.pk).exists():
        refresh(program)
    return len(damaged)


def _read_joined(engine: duckdb.DuckDBPyConnection, place: Path) -> bool:
    """`joined` says who counts as whom; `touched` names also those whom somebody counts as."""
    if not place.exists():
        return False
    engine.execute(f"CREATE TEMP TABLE joined AS SELECT * FROM read_parquet('{address(place)}')")
    engine.execute(
        """CREATE TEMP TABLE touched AS FROM joined UNION
        SELECT counted_as, counted_as FROM joined WHERE counted_as NOT IN (SELECT person FROM joined)"""
    )
    return bool((engine.execute("SELECT count(*) FROM joined").fetchone() or [0])[0])
