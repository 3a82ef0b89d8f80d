"""The year's report from the copy in columns, from 100,000 to 100 million entries.

`make bench ONLY=analytics` makes 200,000 contacts with four entries each. `SIZES` names others:
`DATABASE=sqlite SIZES=25000,250000,2500000,10000000 make bench ONLY=analytics` shows growth up to 40 million entries
(3 GB of memory and 1 GB of disk free; 25000000 is 100 million).

The copy is made by a seeded generator inside DuckDB, sealed as the real one; some people were found to be one. Beside
the report: the floor (the columns of its rows, scanned once), one scan of what it really reads, and the same in pandas.
The day that is refreshed is in a ledger.
"""

from __future__ import annotations

import os
import resource
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.filling import prepare_program, the_program
from benchmarks.harness import on_each_database, say, this_database
from benchmarks.reports import add_sites, fill_one_day, once, seconds_of

CONTACTS = int(os.environ.get("CONTACTS", "200000"))
YEAR = 2025
CHANGED = date(YEAR, 6, 15)
REPORT_SECONDS, REFRESH_SECONDS, MEMORY_GIB = 3.0, 5.0, 2.0
MOST_FOR_PANDAS = 2_500_000
JOINED = 1_000
DETAILS, PEOPLE_OF = ("item_id", "survived", "services"), ("contacts", "supplies_given", "room_visits")
ENTRIES = {
    "contacts": 1.0,
    "supplies_given": 2.5,
    "syringes_back": 1.0,
    "naloxone_kits": 0.4,
    "trainings": 0.05,
    "reversals": 0.05,
    "needs_told": 0.05,
    "room_visits": 0.05,
    "room_emergencies": 0.005,
}
"""Rows for each contact."""
COLUMNS = {
    "people": "1",
    "reached": "CASE WHEN n % 3 = 0 THEN n % 6 END",
    "services": "1 + n % 7",
    "quantity": "1 + hash(n) % 20",
    "barrels": "CASE WHEN n % 2 = 0 THEN 1 + hash(n) % 20 ELSE 0 END",
    "estimated": "CASE WHEN n % 9 = 0 THEN 1 ELSE 0 END",
    "doses": "n % 3",
    "is_naloxone": "1",
    "first": "'refill'",
    "survived": "CASE n % 9 WHEN 0 THEN 'no' WHEN 1 THEN 'unknown' ELSE 'yes' END",
    "injections": "CASE WHEN n % 4 = 0 THEN 0 ELSE n % 84 END",
    "uses": "1 + n % 2",
    "minutes": "n % 60",
    "substances": "CASE n % 3 WHEN 0 THEN '' WHEN 1 THEN 'heroin' ELSE 'cocaine,fentanyl' END",
    "route": "CASE n % 2 WHEN 0 THEN 'inject' ELSE 'smoke' END",
    "type": "CASE n % 5 WHEN 0 THEN 'stimulant' ELSE 'opioid' END",
    "response": "CASE n % 2 WHEN 0 THEN 'oxygen' ELSE 'naloxone' END",
    "naloxone_doses": "n % 3",
    "ambulance": "CASE n % 4 WHEN 0 THEN 'came' ELSE 'none' END",
    "outcome": "'recovered'",
}


def main() -> None:
    database = this_database()
    if database is None:
        for size in os.environ.get("SIZES", str(CONTACTS)).split(","):
            os.environ["CONTACTS"] = size
            on_each_database(__file__)
        return
    database.use_here()
    prepare_program()
    from django_scopes import scope

    program = the_program()
    with scope(program=program):
        add_sites(program)
        say(f"{_title()}, generating the copy", once(lambda: generate(program)), "s")
        measure(program)
        say(f"{_title()}, memory at most", _peak_gib(), "GiB", target=MEMORY_GIB)
        if CONTACTS <= MOST_FOR_PANDAS:
            _beside_pandas(program)


def _title() -> str:
    return f"analytics at {CONTACTS:,} contacts and {4 * CONTACTS:,} entries"


def _peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def generate(program: Any) -> None:
    """A year of contacts, 5 of 8 with a code, a twentieth as many people as contacts; the same for the same number."""
    from alongside.reports.catalogue import stamp
    from alongside.reports.models import CopiedMonth, RolledMonth
    from alongside.reports.store import files, places
    from alongside.reports.store.files import PARQUET
    from alongside.reports.store.refreshing import count_month
    from alongside.reports.store.sealing import address

    with files.engine() as engine:
        for number in range(12):
            month = date(YEAR, number + 1, 1)
            days = ((month + timedelta(days=31)).replace(day=1) - month).days
            for facts in _all_facts():
                place = places.month_file(program.pk, facts.name, month, "generated")
                rows = _rows(facts, month, days, program)
                engine.execute(f"COPY ({rows}) TO '{address(place)}' {PARQUET}")
            count_month(month, "generated", program, engine)
            CopiedMonth.objects.create(program=program, month=month, version="generated", stamp=stamp())
            RolledMonth.objects.create(program=program, month=month, stamp=stamp())
        engine.execute(f"COPY ({_pairs()}) TO '{address(places.joined_file(program.pk))}' {PARQUET}")


def _rows(facts: Any, month: date, days: int, program: Any) -> str:
    from alongside.sites.models import Site
    from alongside.supplies.models import Item

    count = int(CONTACTS * ENTRIES[facts.name] / 12)
    first = count * month.month
    items = _one_of(Item.objects.values_list("pk", flat=True)[:40])
    own = {"item_id": items, **COLUMNS}
    chosen = ", ".join(f'CAST({own[name]} AS {_kind(kind)}) AS "{name}"' for name, kind in facts.columns.items())
    sites = _one_of(Site.objects.values_list("pk", flat=True))
    person = f"CASE WHEN n % 8 < 5 THEN {_person('n')} END"
    return f"""SELECT DATE '{month}' + CAST((n - {first}) * {days} // {max(count, 1)} AS INTEGER) AS day,
        'd' AS precision, CAST(0 AS BIGINT) AS is_year_only, CAST({sites} AS BIGINT) AS site_id, {person} AS person,
        {chosen} FROM range({first}, {first + count}) AS numbers(n) ORDER BY site_id, day"""


def _person(number: str) -> str:
    return f"CAST(hash(({number}) % {max(CONTACTS // 20, 1)}) >> 1 AS BIGINT)"


def _pairs() -> str:
    """One in 500 of those with a code was found to be one with somebody else; a thousand at most."""
    numbers = f"range(0, {16 * min(JOINED, CONTACTS // 20 // 500)}, 16) AS numbers(n)"
    return f"SELECT {_person('n')} AS person, {_person('n + 8')} AS counted_as FROM {numbers}"


def _one_of(keys: Any) -> str:
    return f"[{', '.join(map(str, keys))}][1 + CAST(hash(n) % {len(keys)} AS INTEGER)]"


def _kind(kind: str) -> str:
    return "VARCHAR" if kind == "string" else "BIGINT"


def measure(program: Any) -> None:
    from alongside.reports.store import places
    from alongside.reports.store.counting import copy_of

    with copy_of(program) as copy:
        floor = seconds_of(lambda: _scan(copy, [facts.name for facts in _all_facts()]))
        own = seconds_of(lambda: _scan(copy, [places.SUMS, places.PEOPLE]))
    once(lambda: annual_report(program))
    report = seconds_of(lambda: annual_report(program))
    say(f"{_title()}, every figure of a year", report, "s", target=REPORT_SECONDS, floor=floor)
    say(f"{_title()}, the same, beside one scan of the files it reads", report, "s", floor=own)
    size = sum(file.stat().st_size for file in places.folder(program.pk).iterdir())
    say(f"{_title()}, size of the copy", size / 1e6, "MB")
    _one_day(program)


def _all_facts() -> Any:
    from alongside.reports.asking import all_facts

    return all_facts()


def annual_report(program: Any) -> int:
    """Every figure by month, site and detail; people in all, by month, by site, and by month and site."""
    from alongside.kernel.indicators import Period
    from alongside.reports.asking import people_figures
    from alongside.reports.catalogue import all_indicators
    from alongside.reports.store.counting import answer_from_copy
    from alongside.reports.store.people import count_people

    year = Period(start=date(YEAR, 1, 1), end=date(YEAR, 12, 31))

    def ask(copy: Any) -> Any:
        counted = copy.count(year, names=list(all_indicators()))
        return counted, [count_people(copy, indicator, year) for indicator in people_figures().values()]

    counted, people = answer_from_copy(program, ask)
    assert all(each.total and len(each.months) == 12 for each in people)
    return sum(len(cells) for cells in counted.cells.values())


def _scan(copy: Any, names: list[str]) -> None:
    """Every column of these files, once."""
    for name in names:
        files = copy.files_of(name, copy.months)
        copy.engine.execute(f"SELECT max(COLUMNS(*)) FROM read_parquet([{files}])").fetchall()


def _beside_pandas(program: Any) -> None:
    """The same sums and different people, from tables that are in memory already."""
    from alongside.reports.store.counting import copy_of

    with copy_of(program) as copy:
        frames = {}
        for facts in _all_facts():
            copy.see(facts, copy.months)
            frames[facts.name] = copy.engine.execute(f'SELECT * EXCLUDE (day, precision) FROM "{facts.name}"').df()

    def count() -> None:
        for name, frame in frames.items():
            details = [each for each in DETAILS if each in frame]
            numbers = [each for each in ("people", "reached", "quantity", "barrels", "doses") if each in frame]
            frame.groupby(["month", "is_year_only", "site_id", *details])[numbers].sum()
            if name in PEOPLE_OF:
                _people_in_pandas(frame[frame["barrels"] > 0] if "barrels" in frame else frame)

    say(f"{_title()}, the same in pandas, without reading", seconds_of(count), "s")


def _people_in_pandas(frame: Any) -> None:
    frame["person"].nunique()
    for places in (["month", "is_year_only"], ["site_id"], ["month", "is_year_only", "site_id"]):
        frame.groupby(places)["person"].nunique()


def _one_day(program: Any) -> None:
    """The ledger holds this one day only; the rest of its month is taken from the earlier file."""
    from alongside.reports.store.refreshing import refresh

    count = CONTACTS // 365
    fill_one_day(program, day=CHANGED, count=count)
    say(f"{_title()}, refreshing a day of {count:,} contacts", once(lambda: refresh(program)), "s",
        target=REFRESH_SECONDS)  # fmt: skip


if __name__ == "__main__":
    main()
