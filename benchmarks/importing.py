"""Importing a spreadsheet of 100,000 lines, beside as many contacts in plain SQL, one transaction a contact.

Figures, for each database: import.check_seconds_100k (the dry run), import.seconds_100k (CSV),
import.repeat_seconds_100k (the same file once more, which adds nothing), import.undo_seconds_100k,
import.xlsx_seconds_100k (as many other lines in a workbook), import.return_seconds_100k (what was undone, brought
back), each with the cpu_seconds that were work and not waiting, and import.peak_mib_100k: the most memory that the
process ever had. `ROWS=10000` imports fewer, and the names of the figures say so.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.filling import prepare_program, the_program
from benchmarks.floor import plain_contacts_per_s
from benchmarks.harness import Database, on_each_database, say, this_database

ROWS = int(os.environ.get("ROWS", "100000"))
SIZE = f"{ROWS // 1000}k"
PEOPLE = 5_000
FIRST_DAY, OTHER_DAY = date(2020, 1, 1), date(2010, 1, 1)
"""Two files with no line in common."""
COLUMNS = {
    "Date": "date",
    "Site": "site",
    "Card": "code",
    "Syringes": "item:syringe-1ml-29g-half",
    "Cookers": "item:cooker",
    "Naloxone": "item:naloxone-nasal-4mg",
    "Back": "figure:syringes.returned:count",
    "Reversals": "figure:naloxone.reversal_reported:count",
}


def rows(first_day: date) -> Iterator[list[Any]]:
    """What a busy exchange writes in some years: three of ten with a card, most with syringes, some with the rest."""
    from alongside.participants.rules import random_code

    chance = random.Random(20260101)
    cards = [random_code() for _ in range(PEOPLE)]
    for number in range(ROWS):
        yield [
            (first_day + timedelta(days=number % 1_800)).isoformat(),
            chance.choice(("Desk", "Van")),
            chance.choice(cards) if chance.random() < 0.3 else "",
            chance.choice((5, 10, 20, 50)),
            chance.choice((5, 10, "")),
            chance.choice((1, 2, "", "", "")),
            chance.choice((5, 8, 10, "", "")),
            1 if chance.random() < 0.03 else "",
        ]


def write_files(folder: Path) -> tuple[Path, Path]:
    import xlsxwriter

    text, book = folder / "lines.csv", folder / "lines.xlsx"
    with text.open("w", newline="") as file:
        csv.writer(file).writerows([list(COLUMNS), *rows(FIRST_DAY)])
    workbook = xlsxwriter.Workbook(book, {"constant_memory": True})
    sheet = workbook.add_worksheet()
    for place, row in enumerate([list(COLUMNS), *rows(OTHER_DAY)]):
        sheet.write_row(place, 0, row)
    workbook.close()
    return text, book


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and seconds that this process itself was at work: the rest it waited."""

    clock: float
    cpu: float


def timed(work: Callable[[], object]) -> Took:
    begin, begin_cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - begin, time.process_time() - begin_cpu)


def measure(database: Database) -> None:
    from django_scopes import scope

    from alongside.accounts.models import User
    from alongside.encounters.importing import actions
    from alongside.encounters.importing.mapping import ColumnMapping
    from alongside.encounters.importing.queries import sender_for

    prepare_program()
    program = the_program()
    sender = sender_for(program, user_id=User.objects.get(username="sam").pk)
    mapping = ColumnMapping(columns=COLUMNS, missing_sites="desk")
    text, book = write_files(database.home)
    floor = ROWS / plain_contacts_per_s(seconds=3)

    def figure(name: str, took: Took, target: float | None = None, floor: float | None = None) -> None:
        say(f"import.{name}seconds_{SIZE}.{database.name}", took.clock, "s", target=target, floor=floor)
        say(f"import.{name}cpu_seconds_{SIZE}.{database.name}", took.cpu, "s")

    def waiting(place: Path) -> Any:
        with place.open("rb") as content:
            found = actions.take_file(iter(lambda: content.read(1 << 20), b""), name=place.name, sender=sender)
        actions.match_columns(found, mapping, save_as="", sender=sender)
        return found

    with scope(program=program):
        first = waiting(text)
        figure("check_", timed(lambda: actions.check(first, sender=sender)))
        figure("", timed(lambda: actions.bring_in(first, sender=sender)), target=90, floor=floor)
        assert first.counts == {"accepted": ROWS}, first.counts
        again = waiting(text)
        actions.check(again, sender=sender)
        figure("repeat_", timed(lambda: actions.bring_in(again, sender=sender)))
        assert again.counts == {"duplicate": ROWS}, again.counts
        figure("undo_", timed(lambda: actions.take_out(first, sender=sender)))
        third = waiting(book)
        actions.check(third, sender=sender)
        figure("xlsx_", timed(lambda: actions.bring_in(third, sender=sender)), target=90, floor=floor)
        assert third.counts == {"accepted": ROWS}, third.counts
        figure("return_", timed(lambda: actions.return_all(first, sender=sender)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"import.peak_mib_{SIZE}.{database.name}", peak, "MiB", target=500)


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    database.use_here()
    measure(database)


if __name__ == "__main__":
    main()
