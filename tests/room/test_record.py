"""The record only grows, its chain shows every change, and what it says is on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, models, transaction

from alongside.config.cli import main
from alongside.kernel.clock import now
from alongside.services.consumption_room.actions.setting_up import confirm_protocol, proposed_protocol
from alongside.services.consumption_room.models import ConfirmedProtocol, RecordLine, Room
from alongside.services.consumption_room.queries.reading import check_chain
from alongside.services.consumption_room.rules.lines import Kind
from tests.room.conftest import NALOXONE, Here, ago

pytestmark = pytest.mark.django_db

REWRITES: dict[str, Callable[[type[models.Model]], object]] = {
    "update": lambda model: model._base_manager.update(program_id=1),
    "delete": lambda model: model._base_manager.all()._raw_delete("default"),
    "save": lambda model: model._base_manager.first().save(),
    "remove": lambda model: model._base_manager.first().delete(),
}


@pytest.mark.parametrize("model", [RecordLine, ConfirmedProtocol])
@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES.keys())
def test_the_database_refuses_to_change_a_line(
    here: Here, model: type[models.Model], rewrite: Callable[[type[models.Model]], object]
) -> None:
    before = list(model._base_manager.order_by("pk").values())
    assert before
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        rewrite(model)
    assert list(model._base_manager.order_by("pk").values()) == before


def some_lines(here: Here) -> Room:
    visit = here.arrive(at=ago(minutes=9))
    emergency = here.begin(visit, at=ago(minutes=8))
    here.step(visit, emergency, Kind.NALOXONE, item=NALOXONE, doses=2)
    here.correct(visit, Kind.NALOXONE, {"item": NALOXONE, "doses": 1})
    return Room.objects.get(pk=here.room.pk)


def test_the_chain_holds(here: Here) -> None:
    room = some_lines(here)
    checked = check_chain(room)
    assert (checked.broken_at, checked.lines) == (None, room.last_number)
    assert checked.head == bytes(room.last_digest).hex()
    assert [line.number for line in RecordLine.objects.order_by("number")] == list(range(1, room.last_number + 1))


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE {table} SET value = '{{\"doses\": 9}}' WHERE number = {number}", 0),
        ("UPDATE {table} SET happened_at = '2026-01-01 00:00:00' WHERE number = {number}", 0),
        ("UPDATE {table} SET by_id = {other} WHERE number = {number}", 0),
        ("UPDATE {table} SET kind = 'looked', emergency_id = NULL WHERE number = {number}", 0),
        ("DELETE FROM {table} WHERE number = {number}", 0),
        ("DELETE FROM {table} WHERE number = (SELECT max(number) FROM {table})", 1),
    ],
)
def test_a_change_behind_the_programs_back_is_found(here: Here, change: str, broken_at: int) -> None:
    room = some_lines(here)
    table = RecordLine._meta.db_table
    number = RecordLine.objects.filter(kind=Kind.NALOXONE).order_by("number")[0].number
    with connection.cursor() as cursor:
        without_the_guard(cursor, table)
        cursor.execute(change.format(table=table, number=number, other=here.colleague.pk))
    assert check_chain(room).broken_at == (room.last_number if broken_at else number)


def test_the_command_says_whether_the_record_is_whole(here: Here) -> None:
    room = some_lines(here)
    end = bytes(room.last_digest).hex()[:12]
    asked = ("room", "verify", "--line", str(room.last_number), "--reads")
    said = CliRunner().invoke(main, [*asked, end])
    assert (said.exit_code, f"its end reads {end}." in said.output) == (0, True), said.output
    said = CliRunner().invoke(main, [*asked, "000000000000"])
    assert (said.exit_code, "does not read so" in said.output) == (1, True)
    with connection.cursor() as cursor:
        without_the_guard(cursor, RecordLine._meta.db_table)
        cursor.execute(f"UPDATE {RecordLine._meta.db_table} SET number = 0 WHERE number = 2")
    said = CliRunner().invoke(main, ["room", "verify"])
    assert (said.exit_code, "broken at line 1." in said.output) == (1, True)


def without_the_guard(cursor: object, table: str) -> None:
    """What somebody with the file and the key could do."""
    execute = cursor.execute  # type: ignore[attr-defined]
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    else:
        execute(f"DROP TRIGGER {table}_keep_UPDATE")
        execute(f"DROP TRIGGER {table}_keep_DELETE")


def test_new_minutes_are_a_new_version_and_stand_in_the_record(here: Here) -> None:
    confirm_protocol(proposed_protocol(), member=here.member())
    assert list(ConfirmedProtocol.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    line = RecordLine.objects.order_by("-number")[0]
    assert (line.kind, line.value, line.by_id) == (Kind.PROTOCOL, {"version": 2}, here.worker.pk)
    assert line.entered_at <= now()
