"""Two programs with the same things in them, so that one's ids can be tried at the other's doors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, ForeignKey, Model
from django_scopes import scope, scopes_disabled

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.alarms.actions import set_alarm
from alongside.alarms.duties import go_on_duty
from alongside.alarms.models import Incident
from alongside.alarms.plans import stages_for
from alongside.alarms.runner import fire_due
from alongside.desk.models import Ticket
from alongside.desk.queueing.actions import arrive
from alongside.encounters.importing import actions as importing
from alongside.encounters.importing.mapping import ColumnMapping
from alongside.encounters.importing.models import Import, SavedMapping
from alongside.encounters.importing.queries import sender_for
from alongside.encounters.models import Attempt, Encounter, Purge
from alongside.encounters.outbox.models import Phone, TakenBack
from alongside.encounters.retention import ask_for_purge
from alongside.encounters.submissions import Said
from alongside.encounters.texting.intake import take_text
from alongside.encounters.texting.models import TextWord
from alongside.encounters.texting.words import add_word
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.clock import now, today
from alongside.kernel.ids import uuid7
from alongside.messaging.alerting.models import Target
from alongside.messaging.alerting.targets import add_target, keep_carrier
from alongside.messaging.lines import open_line
from alongside.messaging.models import Peer, TextLine
from alongside.messaging.outbox import send_later
from alongside.messaging.peers import enrol
from alongside.messaging.webhooks import Message
from alongside.participants.actions import merge
from alongside.participants.models import Change, Participant
from alongside.services.checkins.actions import confirm_protocol
from alongside.services.checkins.models import CheckIn, PlanEvent, Protocol, SealedPlan
from alongside.services.checkins.rules.keeping import KIND as CHECK_IN
from alongside.services.consumption_room.models import Place, RecordLine, Visit
from alongside.services.surveys.actions import open_survey
from alongside.services.surveys.models import Survey
from alongside.services.surveys.queries import SHIPPED, read_questionnaire
from alongside.sites.devices import share_device
from alongside.sites.models import Device, Program, Scoped, Shift, Site
from alongside.sites.shifts import start_shift
from alongside.supplies.models import Bag, Item, Lot, StockMove
from tests.alarms.watching import watch
from tests.participants.people import contact, person
from tests.programs import add_role, make_member, make_program, site_of
from tests.room.conftest import Here, make_room

GIVEN = Said("distribution.supplies_given", 1, {"items": {"cooker": 2}})


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A program with at least one row behind every address, and somebody there with every role."""

    program: Program
    boss: User
    worker: User

    def one(self, model: type[Model], **where: Any) -> Any:
        with scopes_disabled():
            found = model._base_manager.filter(program=self.program, **where).order_by("pk").first()
        assert found is not None, f"Nothing of {model.__name__} in {self.program}: add it to tests/access/filled.py"
        return found


def fill(name: str) -> Filled:
    program = make_program(name)
    boss = make_member(program, Role.ADMINISTRATOR)
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            add_role(boss, program, role)
    worker = make_member(program, Role.WORKER)
    with scope(program=program):
        _fill_ledger(program, boss)
        desk = site_of(program)
        arrive(desk, program=program, wants="Supplies")
        share_device(name="Desk", program=program, by_id=boss.pk)
        ask_for_purge(program, by_id=boss.pk)
        _fill_outbox(program, boss)
        start_shift(desk, workers=[boss.pk], note="", program=program, by_id=boss.pk)
        _fill_imports(program, boss)
        _fill_texts(program, boss)
        _fill_surveys(program, boss)
        _fill_room(make_room(program, boss, worker))
        _fill_alarms(program, boss)
    return Filled(program=program, boss=boss, worker=worker)


def _fill_ledger(program: Program, boss: User) -> None:
    one, other = person(program), person(program)
    merge(one, other, program=program, by_id=boss.pk)
    submission, _receipt = contact(program, boss, participant=one.pk, entries=(GIVEN,))
    contact(program, boss, id=submission.id, reached=3)
    item = Item.objects.get(key="cooker")
    lot = Lot.objects.create(program=program, item=item, code="A1")
    StockMove.objects.create(
        program=program,
        site=site_of(program),
        item=item,
        lot=lot,
        quantity=50,
        reason=StockMove.Reason.RECEIVED,
        at=now(),
        by=boss,
    )


def _fill_outbox(program: Program, boss: User) -> None:
    today = now().date()
    Phone.objects.create(
        id=uuid7(), program=program, worker=boss, set_up_on=today, first_heard_at=now(), last_heard_at=now()
    )
    TakenBack.objects.create(id=uuid7(), program=program, contact_id=uuid7(), by=boss, at=now())


def _fill_imports(program: Program, boss: User) -> None:
    """One that waits, with a line that can't be taken, and the mapping that it was read by."""
    sender = sender_for(program, user_id=boss.pk)
    mapping = ColumnMapping(columns={"Date": "date", "Site": "site", "Out": "item:cooker"})
    waiting = importing.take_file([b"Date,Site,Out\n2020-01-02,Nowhere,1\n"], name="a.csv", sender=sender)
    importing.match_columns(waiting, mapping, save_as="Cookers", sender=sender)
    importing.check(waiting, sender=sender)


def _fill_texts(program: Program, boss: User) -> None:
    """A peer, a text that was counted, one that waits for a person, a word and an answer on its way."""
    line, _secret = open_line(program=program, by_id=boss.pk)
    number = "+14155552671"
    enrol(name="Sam", number=number, language="en", site=site_of(program, "Van"), line=line, by_id=boss.pk)
    for words in ("5 people 3 cookers", "3 spaceships"):
        take_text(Message(number=number, text=words, id=words), line=line, program=program)
    add_word("pots", item=Item.objects.get(key="cooker"), bag=None, program=program, by_id=boss.pk)
    send_later("Got it.", number=number, line=line)


def _fill_surveys(program: Program, boss: User) -> None:
    day = today(program.timezone)
    open_survey(
        read_questionnaire(SHIPPED / "point-in-time.toml"), starts_on=day, ends_on=day, program=program, by_id=boss.pk
    )


def _fill_room(here: Here) -> None:
    """Somebody who was here and left, and somebody in trouble."""
    here.leave(here.arrive())
    visit = here.arrive()
    here.use(visit)
    here.begin(visit)


def _fill_alarms(program: Program, boss: User) -> None:
    """Somebody on duty with a mailbox, and an incident that nobody has taken."""
    mailbox = add_target(
        name="Mail",
        channel="email",
        written="boss@example.org",
        program_id=program.pk,
        user_id=boss.pk,
        is_backup=True,
        by_id=boss.pk,
    )
    keep_carrier("email", {"host": "mail.example.org", "from": "a@example.org"}, program_id=program.pk, by_id=boss.pk)
    go_on_duty(hours=8, program_id=program.pk, by_id=boss.pk)
    watch(program, mailbox)
    _fill_check_ins(program, boss)
    fire_due(DjangoStore())


def _fill_check_ins(program: Program, boss: User) -> None:
    """One that runs, and one that nobody answered."""
    interval = confirm_protocol(
        key="smoked",
        name="Smoking",
        wait_seconds=120,
        grace_seconds=30,
        source="Ours",
        program_id=program.pk,
        by_id=boss.pk,
    )
    moment_ms = DjangoStore().now_ms()
    for seconds in (600, 0):
        made = CheckIn.objects.create(
            program=program,
            protocol=interval,
            word_digest=b"%d %d" % (program.pk, seconds),
            language="en",
            started_ms=moment_ms,
            due_ms=moment_ms,
        )
        SealedPlan.objects.create(program=program, check_in=made, sealed=b"-", boxes="{}")
        PlanEvent.objects.create(program=program, check_in=made, at_ms=moment_ms, action="read", by=boss)
        set_alarm(
            made.pk,
            kind=CHECK_IN,
            program_id=program.pk,
            site_id=None,
            in_seconds=seconds,
            stages=stages_for(program.pk),
            words="A check-in has no answer.",
        )


ROOM_PAGES = ("board", "state", "arrive", "from_paper", "hand_over", "record", "paper", "paper_pdf", "set_up")
SAMPLES: dict[str, Any] = {
    **dict.fromkeys(("desk:incident", "desk:incident_take", "desk:incident_note"), (Incident, {})),
    **dict.fromkeys(("desk:incident_offer", "desk:incident_end"), (Incident, {})),
    "checkins:noted_ok": (CheckIn, {}),
    "checkins:protocol_retire": (Protocol, {}),
    "checkins:plan": (Incident, {"kind": CHECK_IN}),
    **dict.fromkeys(("desk:target_end", "desk:target_try"), (Target, {})),
    **dict.fromkeys(("desk:contact", "desk:correct", "desk:undo", "desk:bring_back"), (Encounter, {})),
    **dict.fromkeys(("desk:settle_attempt", "desk:put_right"), (Attempt, {})),
    "desk:exposure_receipt": (Purge, {}),
    "desk:phone_revoke": (Phone, {}),
    "desk:queue_change": (Ticket, {}),
    **dict.fromkeys(("desk:stock_item", "desk:stock_change", "desk:stock_item_edit"), (Item, {"key": "cooker"})),
    "desk:stock_lot": (Lot, {"code": "A1"}),
    "desk:stock_kit": (Item, {"parts__isnull": False}),
    "desk:stock_bag": (Bag, {}),
    **dict.fromkeys(("desk:site", "desk:site_close", "desk:site_open"), (Site, {"name": "Van"})),
    **dict.fromkeys(("desk:shift", "desk:shift_end"), (Shift, {})),
    "desk:device_revoke": (Device, {}),
    "desk:people_undo": (Change, {}),
    **dict.fromkeys(("desk:import", "desk:import_columns", "desk:import_check", "desk:import_run"), (Import, {})),
    **dict.fromkeys(("desk:import_undo", "desk:import_bring_back", "desk:import_discard"), (Import, {})),
    "desk:import_faults": (Import, {}),
    "desk:import_forget_mapping": (SavedMapping, {}),
    **dict.fromkeys(("desk:text_peer", "desk:text_peer_number", "desk:text_peer_end"), (Peer, {})),
    "desk:text_word_remove": (TextWord, {}),
    "api:texts": (TextLine, {}),
    **dict.fromkeys(("surveys:survey", "surveys:close", "surveys:paper", "surveys:results"), (Survey, {})),
    **dict.fromkeys(("surveys:file", "surveys:poster", "surveys:begin_kiosk"), (Survey, {})),
    **dict.fromkeys([f"room:{name}" for name in ROOM_PAGES], (Site, {"kind": Site.Kind.ROOM})),
    "room:place": (Place, {}),
    **dict.fromkeys(("room:visit", "room:do", "room:step"), (Visit, {})),
    "room:correct": (RecordLine, {"visit_id__isnull": False}),
}
"""Which rows the address of each page names. A page whose address names none of a program's rows is in NO_ROWS."""

AT_SITES = ("surveys:poster", "surveys:begin_kiosk")
"""Whose addresses name a site too."""

STAFF = ("desk:staff_member", "desk:staff_password", "desk:staff_second_step", "desk:staff_off", "desk:staff_on")
NO_ROWS: dict[str, dict[str, Any]] = {
    "desk:stock_order_file": {"kind": "csv"},
    "desk:reports_file": {"kind": "csv"},
    "desk:carrier": {"channel": "email"},
    "desk:funder_report": {"name": "utah"},
    "desk:give_back_poster": {"language": "en"},
    "desk:funder_file": {"name": "utah", "kind": "csv"},
    "mfa_remove_webauthn": {"pk": 987_654_321},
    "mfa_edit_webauthn": {"pk": 987_654_321},
}


def names_of(address_name: str, filled: Filled) -> dict[str, Any]:
    """What an address holds, for a row of this program."""
    if address_name in NO_ROWS:
        return NO_ROWS[address_name]
    if address_name in STAFF:
        return {"pk": filled.worker.pk}
    model, where = SAMPLES[address_name]
    at_site = {"site": filled.one(Site).pk} if address_name in AT_SITES else {}
    return {"pk": filled.one(model, **where).pk, **at_site}


def scoped_models() -> list[type[Scoped]]:
    return [model for model in apps.get_models() if issubclass(model, Scoped)]


def links_between_scoped() -> Iterator[tuple[type[Scoped], Field[Any, Any]]]:
    """Every foreign key from one program's row to another row that belongs to a program."""
    for model in scoped_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and issubclass(field.related_model, Scoped):
                yield model, field


def rows_that_cross_programs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_crossing())
        return [f"{link} of row {pk}" for link, pk in cursor.fetchall()]


@cache
def _crossing() -> str:
    """One question for all links, put together once: it is asked after every form of every page."""
    name = connection.ops.quote_name
    return " UNION ALL ".join(
        f"SELECT '{model.__name__}.{field.name}', CAST(one.{name(model._meta.pk.column)} AS text)"
        f" FROM {name(model._meta.db_table)} one JOIN {name(field.related_model._meta.db_table)} other"
        f" ON other.{name(field.target_field.column)} = one.{name(field.column)}"
        " WHERE other.program_id <> one.program_id"
        for model, field in links_between_scoped()
    )


def everything_in(program: Program) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a program as they are stored, to see whether anything happened to them."""
    with connection.cursor() as cursor:
        return {label: _rows(cursor, asking, program) for label, asking in _askings().items()}


def _rows(cursor: CursorWrapper, asking: str, program: Program) -> list[tuple[Any, ...]]:
    cursor.execute(asking, [program.pk])
    return cursor.fetchall()


@cache
def _askings() -> dict[str, str]:
    name = connection.ops.quote_name
    return {
        model._meta.label: f"SELECT * FROM {name(model._meta.db_table)} WHERE program_id = %s"
        f" ORDER BY {name(model._meta.pk.column)}"
        for model in scoped_models()
    }


def keys_in(program: Program) -> dict[str, list[Any]]:
    with scopes_disabled():
        rows = {model: model._base_manager.filter(program=program).order_by("pk") for model in scoped_models()}
        return {model._meta.label: list(found.values_list("pk", flat=True)) for model, found in rows.items()}


def somebody_in(filled: Filled) -> Participant:
    found: Participant = filled.one(Participant)
    return found
