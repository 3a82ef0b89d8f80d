"""A program filled with contacts: by the one door for a few, by SQL inside the database for a million."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

SYRINGE, NALOXONE = "syringe-1ml-29g-half", "naloxone-nasal-4mg"


def prepare_program() -> None:
    """An empty database becomes a program with one worker and plenty of stock."""
    from django.core.management import call_command
    from django_scopes import scope

    from alongside.accounts.models import User
    from alongside.accounts.roles import Role
    from alongside.config import assets
    from alongside.encounters.setting_up import set_up_program
    from alongside.kernel.clock import now
    from alongside.sites.models import Membership, Site
    from alongside.supplies.models import Item, Lot, StockMove
    from benchmarks.harness import PASSWORD

    call_command("migrate", verbosity=0)
    assets.gather(lambda _sentence: None)  # pages that are measured in this process name them
    program = set_up_program(name="Benchmark", slug="benchmark")
    worker = User.objects.create_user("sam", PASSWORD, name="Sam")
    with scope(program=program):
        Membership.objects.create(program=program, user=worker, role=Role.COORDINATOR)
        site = Site.objects.create(program=program, name="Desk")
        for key in (SYRINGE, NALOXONE):
            item = Item.objects.get(key=key)
            lot = Lot.objects.create(program=program, item=item, code="A1")
            StockMove.objects.create(
                program=program,
                site=site,
                item=item,
                lot=lot,
                quantity=500_000_000,
                reason=StockMove.Reason.OPENING,
                at=now() - timedelta(days=800),
                by=worker,
            )


def the_program() -> Any:
    from alongside.sites.models import Program

    return Program.objects.get(slug="benchmark")


def submissions(count: int) -> tuple[list[Any], Any]:
    """Contacts of three entries each, as a desk records them, and who sends them."""
    from alongside.accounts.models import User
    from alongside.accounts.roles import PERMISSIONS
    from alongside.encounters.submissions import Said, Sender, Submission
    from alongside.kernel.clock import now
    from alongside.kernel.ids import uuid7
    from alongside.sites.models import Site

    program = the_program()
    site = Site._base_manager.filter(program=program).values_list("pk", flat=True)[0]
    sender = Sender(
        program=program, user_id=User.objects.get(username="sam").pk, permissions=frozenset(PERMISSIONS), door="api"
    )
    entries = (
        Said("distribution.supplies_given", 1, {"items": {SYRINGE: 10}}),
        Said("syringes.returned", 1, {"count": 8}),
        Said("naloxone.kit_given", 1, {"items": {NALOXONE: 1}}),
    )
    return [Submission(id=uuid7(), site_id=site, occurred_at=now(), entries=entries) for _ in range(count)], sender


def ingest_many(count: int) -> None:
    from django_scopes import scope

    from alongside.encounters.ingest import ingest

    said, sender = submissions(count)
    with scope(program=sender.program):
        for start in range(0, count, 500):
            ingest(said[start : start + 500], sender=sender)


def staff_client() -> Any:
    from django.test import Client

    from alongside.accounts.models import User

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username="sam"))
    return client


NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series({first}, {last}))",
}
WORDS = {
    "sqlite": {
        "id": "printf('0190%012x7000800000000000', n)",
        "at": "strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || ((n * 7919) % {days} + 1) || ' days')",
        "day": "date('now', '-' || ((n * 7919) % {days} + 1) || ' days')",
        "blob": "zeroblob(32)",
        "yes": "1",
        "no": "0",
    },
    "postgresql": {
        "id": "('0190' || lpad(to_hex(n), 12, '0') || '7000800000000000')::uuid",
        "at": "now() - ((n * 7919::bigint) % {days} + 1) * interval '1 day'",
        "day": "(now() - ((n * 7919::bigint) % {days} + 1) * interval '1 day')::date",
        "blob": "decode(repeat('00', 32), 'hex')",
        "yes": "true",
        "no": "false",
    },
}
STATEMENTS = (
    """INSERT INTO encounters_encounter (id, program_id, site_id, recorded_by_id, occurred_at, received_at, day,
       "precision", people, is_each, door, digest, state, moves_stock)
       {numbers} SELECT {id}, {program}, {site}, {user}, {at}, {at}, {day}, 'd', 1, {no}, 'filled', {blob}, 'live',
       {yes} FROM numbers""",
    """INSERT INTO encounters_entry (id, program_id, encounter_id, kind, version, payload, outcome, reason)
       {numbers} SELECT {entries} + n, {program}, {id}, 'distribution.supplies_given', 1,
       '{{"items": {{"syringe-1ml-29g-half": 10}}}}', 'accepted', '' FROM numbers""",
    """INSERT INTO distribution_given (program_id, site_id, entry_id, day, "precision", item_id, quantity, barrels)
       {numbers} SELECT {program}, {site}, {entries} + n, {day}, 'd', {item}, 10, 10 FROM numbers""",
    """INSERT INTO supplies_stockmove (program_id, site_id, item_id, lot_id, quantity, reason, at, by_id, source, note,
       is_shortfall)
       {numbers} SELECT {program}, {site}, {item}, {lot}, -10, 'handed_out', {at}, {user}, {id}, '', {no}
       FROM numbers""",
)
AFTER_THE_LAST = "SELECT setval(pg_get_serial_sequence('encounters_entry', 'id'), max(id)) FROM encounters_entry"
CHUNK = 50_000


def fill_with_contacts(count: int) -> None:
    """Bring the program to `count` contacts over two years, by SQL in the database itself (stock included).

    Two years were written in minutes: what would have been done for them in that time is done too. The months are
    counted, which the jobs would otherwise do for half a minute beside whatever is measured.
    """
    from django.db import connection, transaction
    from django_scopes import scope

    from alongside.encounters.models import Encounter
    from alongside.reports.rolling import roll_up_program

    program = the_program()
    with scope(program=program):
        have = Encounter.objects.filter(door="filled").count()
        for first in range(have + 1, count + 1, CHUNK):
            with transaction.atomic(), connection.cursor() as cursor:
                values = _values(first, min(first + CHUNK - 1, count))
                for statement in STATEMENTS:
                    cursor.execute(statement.format(**values))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(AFTER_THE_LAST)
            _tidy_up(cursor)
        cursor.execute("ANALYZE")
    roll_up_program(program)


def _tidy_up(cursor: Any) -> None:
    """What the server still has to do for the rows is done before we measure."""
    from django.db import ProgrammingError

    cursor.execute("VACUUM")
    with suppress(ProgrammingError):  # not everybody may
        cursor.execute("CHECKPOINT")


def _values(first: int, last: int) -> dict[str, object]:
    from django.db import connection
    from django.db.models import Max

    from alongside.accounts.models import User
    from alongside.encounters.models import Entry
    from alongside.sites.models import Site
    from alongside.supplies.models import Lot

    program = the_program()
    lot = Lot.objects.get(item__key=SYRINGE, code="A1")
    words = {name: text.format(days=730) for name, text in WORDS[connection.vendor].items()}
    return words | {
        "numbers": NUMBERS[connection.vendor].format(first=first, last=last),
        "program": program.pk,
        "site": Site.objects.values_list("pk", flat=True)[0],
        "user": User.objects.get(username="sam").pk,
        "item": lot.item_id,
        "lot": lot.pk,
        "entries": (Entry.objects.aggregate(last=Max("pk"))["last"] or 0) + 1 - first,
    }
