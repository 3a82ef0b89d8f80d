"""A program in which every kind of thing has happened, for backups to keep."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from django.db import transaction
from django_scopes import scope

from alongside.accounts.roles import PERMISSIONS, Role
from alongside.config.moving import loading
from alongside.config.moving.tables import Table, applied_migrations, tables_at
from alongside.encounters.changes import undo
from alongside.encounters.ingest import ingest
from alongside.encounters.submissions import Said, Sender, Submission
from alongside.jobs import queue
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.participants.models import Code, CodeScheme, Participant
from alongside.sites.models import Program, Shift
from alongside.supplies.models import Lot, StockMove
from tests.programs import item_of, make_member, make_program, site_of

SYRINGE = "syringe-1ml-29g-half"
NALOXONE = "naloxone-nasal-4mg"
#: What a careless writer would change: other alphabets, quotes, separators, an empty line, a very small fraction.
AWKWARD = 'Ζωή said: "ça va?"\\ \t\r\n\u2028 🩹 , ; \x7f %s {}'


@cache
def all_tables() -> list[Table]:
    return tables_at(applied_migrations())


def forget_everything() -> None:
    """Also what is in tables that only grow."""
    with transaction.atomic(), loading.rules_set_aside(all_tables()):
        loading.empty(all_tables())


def a_program(contacts: int = 12) -> Program:
    program = make_program(AWKWARD[:40])
    worker = make_member(program, Role.COORDINATOR, name=AWKWARD)
    with scope(program=program):
        syringe, desk = item_of(program, SYRINGE), site_of(program)
        lot = Lot.objects.create(program=program, item=syringe, code="L1", expires_on=date(2027, 2, 28))
        syringe.length_mm = Decimal("12.7")
        syringe.save()
        for quantity in (1000, -30):
            StockMove.objects.create(
                program=program,
                site=desk,
                item=syringe,
                lot=lot,
                quantity=quantity,
                reason="opening",
                at=now(),
                by=worker,
            )
        scheme = CodeScheme.objects.create(program=program, recipe={"parts": ["b", "a"], "share": 0.1, "none": None})
        somebody = Participant.objects.create(program=program, made_on=date(2026, 1, 2))
        Code.objects.create(program=program, participant=somebody, scheme=scheme, digest=bytes(range(32)))
        shift = Shift.objects.create(
            program=program, site=desk, started_at=datetime(2026, 3, 8, 6, 59, 59, 999999, tzinfo=UTC), note=AWKWARD
        )
        shift.workers.add(worker)
        sender = Sender(program=program, user_id=worker.pk, permissions=frozenset(PERMISSIONS), door="desk")
        taken = [_contact(desk.pk, somebody if number % 3 else None, number) for number in range(contacts)]
        ingest(taken, sender=sender)
        undo([taken[0].id], sender=sender)
    queue.enqueue("test.later", {"note": AWKWARD}, due=now() + timedelta(days=400), key="later")
    return program


def _contact(site_id: int, participant: Participant | None, number: int) -> Submission:
    entries = (
        Said("distribution.supplies_given", 1, {"items": {SYRINGE: 10 + number}}),
        Said("syringes.returned", 1, {"count": number}),
        Said("naloxone.kit_given", 1, {"items": {NALOXONE: 1}, "first": "refill", "why": ["used"]}),
        Said("naloxone.reversal_reported", 1, {"doses": "unknown"}),
        Said("nobody.knows_this", 1, {"note": AWKWARD}),
    )
    return Submission(
        id=uuid7(),
        site_id=site_id,
        occurred_at=now() - timedelta(days=number),
        entries=entries,
        participant_id=participant and participant.pk,
        reached=number or None,
    )
