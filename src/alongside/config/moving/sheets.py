"""Everything a program recorded as plain sheets, for its own use in other tools. Not a backup.

Without participants: a sheet that says which contacts are one person's is worth a subpoena, and codes never leave.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django_scopes import scope

from alongside.config import paths
from alongside.config.moving.backup import one_moment
from alongside.config.moving.box import new_private_file
from alongside.desk.stock.sheets import FORMULA_STARTS
from alongside.encounters.models import Encounter, Entry
from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.models import Program
from alongside.supplies.models import StockLevel, StockMove

Row = Sequence[Any]
_ROWS_AT_A_TIME = 2000

CONTACTS = (
    "contact", "occurred_at", "day", "precision", "site", "recorded_by", "door",
    "people", "quantities_are_each", "others_reached", "state", "corrects",
)  # fmt: skip
ENTRIES = ("contact", "entry", "kind", "outcome", "field", "value")
MOVES = ("at", "site", "item", "lot", "expires_on", "quantity", "reason", "is_shortfall", "contact_or_delivery", "note")
LEVELS = ("site", "item", "lot", "expires_on", "quantity")


def write_sheets(file: Path, program: Program) -> dict[str, int]:
    """One zip of CSV files (UTF-8 with a mark, as spreadsheets like it). Returns rows by sheet; audited."""
    part = file.with_name(f".{file.name}.part")
    try:
        with scope(program=program), one_moment(), new_private_file(part) as target:
            rows = _fill(target, program)
            os.fsync(target.fileno())
        os.link(part, file)
    except FileExistsError:
        raise Refusal(f"{file} is already there. Choose another name.") from None
    finally:
        part.unlink(missing_ok=True)
    paths.sync_folder(file.parent)
    with transaction.atomic():
        record_audit("records.exported", program_id=program.pk, by_id=None, rows=rows)
    return rows


def _fill(target: Any, program: Program) -> dict[str, int]:
    zone = ZoneInfo(program.timezone)
    sheets = {
        "contacts": (CONTACTS, _contacts(zone)),
        "entries": (ENTRIES, _entries()),
        "stock_moves": (MOVES, _moves(zone)),
        "stock_levels": (LEVELS, _levels()),
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as box:
        counts = {name: _sheet(box, f"{name}.csv", heads, rows) for name, (heads, rows) in sheets.items()}
    target.flush()
    return counts


def _sheet(box: zipfile.ZipFile, name: str, heads: Row, rows: Iterable[Row]) -> int:
    count = 0
    with box.open(name, "w") as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(heads)
        for count, row in enumerate(rows, start=1):  # noqa: B007 (the last number is how many there were)
            writer.writerow([_harmless(value) for value in row])
    return count


def _contacts(zone: ZoneInfo) -> Iterator[Row]:
    contacts = Encounter.objects.select_related("site", "recorded_by").order_by("day", "pk")
    for each in contacts.iterator(_ROWS_AT_A_TIME):
        is_to_the_day = each.precision == Encounter.Precision.DAY
        yield (
            each.pk, _minute(each.occurred_at, zone) if is_to_the_day else "", each.day, each.precision, each.site.name,
            str(each.recorded_by), each.door, each.people, each.is_each, each.reached, each.state, each.corrects_id,
        )  # fmt: skip


def _entries() -> Iterator[Row]:
    """Long form: a row for each field of what was said, so that new services need no new columns."""
    entries = Entry.objects.order_by("pk").values_list("encounter_id", "pk", "kind", "outcome", "payload")
    for contact, entry, kind, outcome, payload in entries.iterator(_ROWS_AT_A_TIME):
        for field, value in _fields(payload):
            yield contact, entry, kind, outcome, field, value


def _fields(said: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(said, dict) and said:
        for key, value in said.items():
            yield from _fields(value, f"{name}.{key}" if name else key)
    elif isinstance(said, list) and said:
        for value in said:
            yield from _fields(value, name)
    else:
        yield name, None if said in ({}, []) else said


def _moves(zone: ZoneInfo) -> Iterator[Row]:
    moves = StockMove.objects.select_related("site", "item", "lot").order_by("pk")
    for move in moves.iterator(_ROWS_AT_A_TIME):
        yield (
            _minute(move.at, zone), move.site.name, move.item.key, move.lot.code,
            move.lot.expires_on, move.quantity, move.reason, move.is_shortfall, move.source, move.note,
        )  # fmt: skip


def _levels() -> Iterator[Row]:
    levels = StockLevel.objects.select_related("site", "item", "lot").order_by("site__name", "item__key", "lot__code")
    for level in levels.iterator(_ROWS_AT_A_TIME):
        yield level.site.name, level.item.key, level.lot.code, level.lot.expires_on, level.quantity


def _minute(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="minutes")


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
