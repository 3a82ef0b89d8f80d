"""The page of reports at a million contacts over two years: half a million in the year it shows.

Filled by SQL in the database itself: contacts with and without codes, supplies, syringes back, naloxone, reversals.
`CONTACTS=100000` for fewer. The floor beside a page is one plain SQL sum over the contacts of the same year.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.filling import NUMBERS, WORDS, ingest_many, prepare_program, staff_client, the_program
from benchmarks.harness import on_each_database, say, this_database

CONTACTS = int(os.environ.get("CONTACTS", "1000000"))
DAYS = 730
CHUNK = 50_000
PAGE_SECONDS = 1.0
PAGE = "/reports/?period=twelve_months"
OWN_WORDS = {
    "sqlite": {"day": "date('now', '-' || ({days} - n * {days} / {count}) || ' days')"},
    "postgresql": {"day": "(now() - ({days} - n * {days}::bigint / {count}) * interval '1 day')::date"},
}
PERSON = {
    "sqlite": "printf('0000000000004000a%015x', {number})",
    "postgresql": "('0000000000004000a' || lpad(to_hex({number}), 15, '0'))::uuid",
}
PEOPLE = """INSERT INTO participants_participant (id, program_id, made_on)
    {numbers} SELECT {person}, {program}, {day} FROM numbers"""
STATEMENTS = (
    """INSERT INTO encounters_encounter (id, program_id, site_id, recorded_by_id, occurred_at, received_at, day,
       "precision", participant_id, people, is_each, reached, door, digest, state, moves_stock)
       {numbers} SELECT {id}, {program}, {site}, {user}, {at}, {at}, {day}, 'd',
       CASE WHEN n % 5 < 3 THEN {somebody} END, 1, {no}, CASE WHEN n % 3 = 0 THEN n % 6 END, 'filled', {blob},
       CASE WHEN n % 50 = 0 THEN 'undone' ELSE 'live' END, {yes} FROM numbers""",
    """INSERT INTO encounters_entry (id, program_id, encounter_id, kind, version, payload, outcome, reason)
       {numbers} SELECT n, {program}, {id}, 'distribution.supplies_given', 1, '{{}}', 'accepted', '' FROM numbers""",
    """INSERT INTO distribution_given (program_id, site_id, entry_id, day, "precision", item_id, quantity, barrels)
       {numbers} SELECT {program}, {site}, n, {day}, 'd', {syringe}, 10, 10 FROM numbers WHERE n % 50 > 0""",
    """INSERT INTO distribution_given (program_id, site_id, entry_id, day, "precision", item_id, quantity, barrels)
       {numbers} SELECT {program}, {site}, n, {day}, 'd', {thing}, 10, 0 FROM numbers WHERE n % 50 > 0""",
    """INSERT INTO syringes_returned (program_id, site_id, entry_id, day, "precision", quantity, is_estimated)
       {numbers} SELECT {program}, {site}, n, {day}, 'd', 8, CASE WHEN n % 9 = 0 THEN {yes} ELSE {no} END
       FROM numbers WHERE n % 50 > 0 AND n % 3 = 0""",
    """INSERT INTO naloxone_kitgiven (program_id, site_id, entry_id, day, "precision", item_id, quantity, doses, first)
       {numbers} SELECT {program}, {site}, n, {day}, 'd', {naloxone}, 1, 2, 'refill'
       FROM numbers WHERE n % 50 > 0 AND n % 7 = 0""",
    """INSERT INTO naloxone_reversal (program_id, site_id, entry_id, day, "precision", doses, survived)
       {numbers} SELECT {program}, {site}, n, {day}, 'd', 2, 'yes' FROM numbers WHERE n % 50 > 0 AND n % 47 = 0""",
)
AFTER_THE_LAST = "SELECT setval(pg_get_serial_sequence('encounters_entry', 'id'), max(id)) FROM encounters_entry"
YEAR_IN_SQL = """SELECT site_id, sum(people) FROM encounters_encounter
    WHERE program_id = %s AND state = 'live' AND day >= %s GROUP BY site_id"""


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    database.use_here()
    prepare_program()
    _gather_assets()
    fill()
    measure(database.name)


def _gather_assets() -> None:
    """As `alongside run` does; before the first request, which remembers where they are."""
    from alongside.config import assets

    assets.gather(lambda text: None)


def fill() -> None:
    from django.db import connection, transaction
    from django_scopes import scope

    program = the_program()
    with scope(program=program):
        add_sites(program)
        words = _words(program)
        with transaction.atomic(), connection.cursor() as cursor:
            person = PERSON[connection.vendor].format(number="n")
            cursor.execute(PEOPLE.format(**words, numbers=_numbers(0, _people()), person=person))
        for first in range(1, CONTACTS + 1, CHUNK):
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in STATEMENTS:
                    numbers = _numbers(first, min(first + CHUNK - 1, CONTACTS))
                    cursor.execute(statement.format(**words, numbers=numbers))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(AFTER_THE_LAST)
        cursor.execute("ANALYZE")


def fill_one_day(program: Any, *, day: date, count: int) -> None:
    """Contacts of one day, with what each of them brings; in years that `fill` does not touch."""
    from django.db import connection, transaction
    from django_scopes import scope

    with scope(program=program):
        words = _words(program) | {"day": f"'{day.isoformat()}'", "at": f"'{day.isoformat()} 12:00:00+00:00'"}
        if connection.vendor == "postgresql":
            words |= {"day": f"DATE '{day.isoformat()}'", "at": f"TIMESTAMPTZ '{day.isoformat()} 12:00:00+00:00'"}
        with transaction.atomic(), connection.cursor() as cursor:
            person = PERSON[connection.vendor].format(number="n")
            cursor.execute(PEOPLE.format(**words, numbers=_numbers(0, _people()), person=person))
            for statement in STATEMENTS:
                cursor.execute(statement.format(**words, numbers=_numbers(1, count)))


def _people() -> int:
    return max(CONTACTS // 20, 1)


def add_sites(program: Any) -> None:
    from alongside.sites.models import Site

    for name in ("Van", "Mail", "North desk"):
        Site.objects.create(program=program, name=name)


def _numbers(first: int, last: int) -> str:
    from django.db import connection

    return NUMBERS[connection.vendor].format(first=first, last=last)


def _words(program: Any) -> dict[str, object]:
    from django.db import connection

    from alongside.accounts.models import User
    from alongside.sites.models import Site
    from alongside.supplies.models import Item

    vendor = connection.vendor
    own = {name: text.format(days=DAYS, count=CONTACTS) for name, text in OWN_WORDS[vendor].items()}
    things = Item.objects.filter(barrels=0, doses=0, recorded_as="distribution.supplies_given")
    return (
        {name: text.format(days=DAYS) for name, text in WORDS[vendor].items()}
        | own
        | {
            "program": program.pk,
            "user": User.objects.get(username="sam").pk,
            "site": _one_of(Site.objects.all(), "n"),
            "syringe": _one_of(Item.objects.filter(barrels__gt=0), "n"),
            "thing": _one_of(things, "(n / 3)"),
            "naloxone": _one_of(Item.objects.filter(doses__gt=0), "n"),
            "somebody": PERSON[vendor].format(number=f"(n % {_people()}) * 7919 % {_people()}"),
        }
    )


def _one_of(rows: Any, number: str) -> str:
    keys = list(rows.values_list("pk", flat=True)[:40])
    cases = " ".join(f"WHEN {place} THEN {key}" for place, key in enumerate(keys))
    return f"CASE {number} % {len(keys)} {cases} END"


def seconds_of(action: Callable[[], object], *, times: int = 3) -> float:
    """The best of some: what else the machine does only ever adds."""
    return min(once(action) for _ in range(times))


def once(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def measure(name: str) -> None:
    from alongside.reports.rolling import roll_up_program

    program, client = the_program(), staff_client()
    _open(client, "/look/")  # the first request of a process loads every page's code
    floor = seconds_of(_year_in_sql)
    title = f"{name}: reports at {CONTACTS:,} contacts"
    say(f"{title}, a year not counted before", seconds_of(lambda: _open(client, PAGE), times=1), "s", floor=floor)
    say(f"{title}, counting all months in the background", once(lambda: roll_up_program(program)), "s")
    pages = {"a year": PAGE, "two years": "/reports/?period=all", "people of a year": f"{PAGE}&figure=people.all"}
    for what, address in pages.items():
        seconds = seconds_of(lambda address=address: _open(client, address))
        say(f"{title}, {what}", seconds, "s", target=PAGE_SECONDS, floor=floor)
    _measure_changed(title, client, floor)
    chart = PAGE.replace("/reports/", "/reports/chart.svg")
    say(f"{title}, first chart", once(lambda: _open(client, chart)), "s")
    say(f"{title}, next chart", seconds_of(lambda: _open(client, chart)), "s", target=PAGE_SECONDS)
    for kind in ("csv", "xlsx"):
        address = f"/reports/file/{kind}/?period=all"
        say(f"{title}, two years as {kind.upper()}", seconds_of(lambda address=address: _open(client, address)), "s")


def _measure_changed(title: str, client: Any, floor: float) -> None:
    """As it is during the day: somebody has just recorded a contact, so this month is read from the ledger."""
    ingest_many(1)
    seconds = seconds_of(lambda: _open(client, PAGE))
    say(f"{title}, a year whose last month just changed", seconds, "s", target=PAGE_SECONDS, floor=floor)


def _open(client: Any, address: str) -> None:
    response = client.get(address)
    content = response.getvalue()
    assert response.status_code == 200, (address, response.status_code)
    assert content


def _year_in_sql() -> None:
    from django.db import connection

    from alongside.kernel.clock import today
    from alongside.reports.periods import period_named

    start = period_named("twelve_months", today=today("UTC")).start
    with connection.cursor() as cursor:
        cursor.execute(YEAR_IN_SQL, [the_program().pk, start])
        cursor.fetchall()


if __name__ == "__main__":
    main()
