"""Coverage at a million contacts, and a survey's tables made ready for the public.

The page looks at a year in which a seventh of all contacts told a need. The floor beside it is one plain SQL sum of the
year's syringes by person and month. `CONTACTS=100000` for fewer.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import reports
from benchmarks.filling import prepare_program, staff_client, the_program
from benchmarks.harness import on_each_database, say, this_database

PAGE = "/reports/coverage/?period=twelve_months"
PAGE_SECONDS, PUBLISH_SECONDS = 10.0, 10.0
SHEETS = (30, 60, 100, 300, 2000)
NEEDS = """INSERT INTO syringes_needtold (program_id, site_id, entry_id, day, "precision", injections, people)
    SELECT program_id, site_id, entry_id, day, 'd', 28, 1 FROM distribution_given
    WHERE entry_id % 7 = 0 AND barrels > 0"""
FLOOR = """SELECT encounter.participant_id, substr(cast(given.day AS text), 1, 7), sum(given.barrels)
    FROM distribution_given given JOIN encounters_entry entry ON entry.id = given.entry_id
    JOIN encounters_encounter encounter ON encounter.id = entry.encounter_id
    WHERE given.program_id = %s AND given.day >= %s GROUP BY 1, 2"""


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    database.use_here()
    prepare_program()
    reports.fill()
    measure(database.name)
    if database.name == "sqlite":  # the database has no part in it
        publish()


def measure(name: str) -> None:
    from django.db import connection

    from alongside.reports.rolling import roll_up_program

    program, client = the_program(), staff_client()
    with connection.cursor() as cursor:
        cursor.execute(NEEDS)
        cursor.execute("ANALYZE")
    roll_up_program(program)
    client.get("/look/")  # the first request of a process loads every page's code
    floor = reports.seconds_of(lambda: _sum_in_sql(program.pk))
    seconds = reports.seconds_of(lambda: client.get(PAGE))
    title = f"{name}: coverage of a year at {reports.CONTACTS:,} contacts"
    say(title, seconds, "s", target=PAGE_SECONDS, floor=floor)


def _sum_in_sql(program_id: int) -> None:
    from datetime import timedelta

    from django.db import connection

    from alongside.kernel.clock import now

    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [program_id, now().date() - timedelta(days=365)])
        cursor.fetchall()


def publish() -> None:
    """Seeded sheets, as those of the demo program."""
    from alongside.config.demo_surveys import random_answers
    from alongside.services.surveys.rules.protecting import protected
    from alongside.services.surveys.rules.questionnaires import Questionnaire
    from alongside.services.surveys.rules.tables import Sheet, make_tables

    file = Path(__file__).parent.parent / "src/alongside/services/surveys/questionnaires/point-in-time.toml"
    questionnaire = Questionnaire(**tomllib.loads(file.read_text(encoding="utf-8")))
    for count in SHEETS:
        dice = Random(count)
        tables = make_tables(
            questionnaire, [Sheet(answers=random_answers(questionnaire, dice)) for _number in range(count)]
        )
        seconds = reports.once(lambda tables=tables: protected(tables, questionnaire))
        say(f"a survey of {count:,} sheets made ready to publish", seconds, "s", target=PUBLISH_SECONDS)


if __name__ == "__main__":
    main()
