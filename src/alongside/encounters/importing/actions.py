"""Verbs on imports: take a file, match its columns, check it, bring it in, undo it, bring it back.

Every step can be stopped anywhere and done again: lines that are in already are known by their ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.encounters.changes import CHUNK as UNDO_CHUNK
from alongside.encounters.changes import bring_back, undo
from alongside.encounters.importing import files
from alongside.encounters.importing.headers import find_header
from alongside.encounters.importing.intake import CHUNK, Intake, Prepared
from alongside.encounters.importing.mapping import (
    ITEM_COLUMN,
    PEOPLE,
    REACHED,
    ColumnMapping,
    mapping_from,
    what_is_missing,
)
from alongside.encounters.importing.models import Import, SavedMapping
from alongside.encounters.importing.outcomes import COUNTED, FAULTS, Outcome, Tally
from alongside.encounters.importing.queries import (
    contacts_of,
    contacts_of_earlier_imports,
    earlier_import_of_same_sheet,
)
from alongside.encounters.importing.rows import Line, LineReader, NotTaken
from alongside.encounters.importing.sealed import write_sealed
from alongside.encounters.importing.sheets import MOST_BYTES, open_table, too_large
from alongside.encounters.importing.tables import Row, Table
from alongside.encounters.models import Encounter
from alongside.encounters.submissions import Sender
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.sites.audit import record_audit
from alongside.sites.long_work import with_more_memory
from alongside.supplies.queries import catalogue

T = TypeVar("T")
State = Import.State
Read = tuple[Row, Line | NotTaken]
SHORT_NAME = 200
Tell = Callable[[int, int], object]
"""Hears how many lines are done, and of how many."""


def nobody(_done: int, _total: int) -> None:
    """For who does not wait."""


def take_file(pieces: Iterable[bytes], *, name: str, sender: Sender) -> Import:
    """Keep a spreadsheet, encrypted, until it is imported. Raises Refusal for one that can't be read at all."""
    batch = uuid7()
    digest = hashlib.sha256()
    try:
        size = write_sealed(files.waiting_file(batch), _watched(pieces, digest.update))
        with files.waiting(batch) as file:
            find_header(open_table(file).rows())
    except Refusal:
        files.forget(batch)
        raise
    found: Import = Import.objects.create(
        id=batch,
        program=sender.program,
        file_name=name[-SHORT_NAME:],
        content_hash=digest.hexdigest(),
        size_bytes=size,
        at=now(),
        by_id=sender.user_id,
    )
    return found


def _watched(pieces: Iterable[bytes], note: Callable[[bytes], None]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MOST_BYTES:
            raise too_large(size)
        note(piece)
        yield piece


def match_columns(found: Import, mapping: ColumnMapping, *, save_as: str, sender: Sender) -> None:
    """Set how the file is read, and keep it for the next file under a name if one is given."""
    _move(found, {State.WAITING, State.CHECKED}, State.WAITING, mapping=mapping.as_json(), mapping_name=save_as)
    if save_as:
        SavedMapping.objects.update_or_create(
            program=sender.program,
            name=save_as,
            defaults={"mapping": mapping.as_json(), "saved_at": now(), "saved_by_id": sender.user_id},
        )


def check(found: Import, *, sender: Sender, tell: Tell = nobody) -> None:
    """The dry run: everything but writing."""
    announce(found, State.CHECKING)
    tally, report = _work_through(found, sender, tell, is_dry=True)
    report["overlap"] = contacts_of_earlier_imports(found, tally)
    _move(found, {State.CHECKING}, State.CHECKED, counts=tally.counts_as_json(), report=report, lines_total=tally.lines)


def bring_in(found: Import, *, sender: Sender, tell: Tell = nobody) -> None:
    """Import the file. Stopped half-way and called again, it takes what is missing."""
    announce(found, State.RUNNING)
    tally, report = _work_through(found, sender, tell, is_dry=False)
    with transaction.atomic():
        _move(
            found,
            {State.RUNNING},
            State.DONE,
            counts=tally.counts_as_json(),
            report=report,
            imported_at=now(),
        )
        _audit("imports.done", found, sender, **tally.counts_as_json())
    files.forget(found.pk)


def refuse_second_reading(found: Import) -> None:
    """The same file with other columns would count again what is counted already."""
    earlier = earlier_import_of_same_sheet(found)
    if earlier and earlier.mapping != found.mapping:
        raise Refusal(_("This file was imported before with other columns. Undo that import first."))


def take_out(found: Import, *, sender: Sender, tell: Tell = nobody) -> None:
    """Undo an import: its contacts no longer count, and their stock goes back.

    A contact that somebody undid by hand before leaves the import, so that bringing it back leaves that one undone.
    One that somebody corrected is undone, and brought back, as it was corrected.
    """
    announce(found, State.UNDOING)
    live = contacts_of(found, Encounter.State.LIVE)
    _for_each(found, live, lambda ids: undo(ids, sender=sender, reason="imports.undone"), tell)
    _move(found, {State.UNDOING}, State.UNDONE, undone_at=now())


def return_all(found: Import, *, sender: Sender, tell: Tell = nobody) -> None:
    """Count an undone import's contacts again, as they were. Raises Refusal if a later import took them over."""
    undone = contacts_of(found, Encounter.State.UNDONE)
    if found.state == State.UNDONE and not undone:
        raise Refusal(_("Its contacts came back with a later import of the same lines. Nothing is left to bring back."))
    announce(found, State.RETURNING)
    _for_each(found, undone, lambda ids: bring_back(ids, sender=sender), tell)
    _move(found, {State.RETURNING}, State.DONE, undone_at=None)


def discard(found: Import, *, sender: Sender) -> None:
    """Forget a file that was not imported."""
    with transaction.atomic():
        gone, _by_model = Import.objects.filter(pk=found.pk, state__in={State.WAITING, State.CHECKED}).delete()
        if not gone:
            raise Refusal(_("This file is imported or on its way. Undo the import instead."))
        _audit("imports.discarded", found, sender)
    files.forget(found.pk)
    files.faults_file(found.pk).unlink(missing_ok=True)


def announce(found: Import, state: State) -> None:
    """Say that a step is under way; again is harmless. Raises Refusal if the import is not ready for it."""
    before = {
        State.CHECKING: {State.WAITING, State.CHECKED},
        State.RUNNING: {State.CHECKED},
        State.UNDOING: {State.DONE},
        State.RETURNING: {State.UNDONE},
    }[state]
    if state == State.RUNNING:
        refuse_second_reading(found)
    with transaction.atomic():
        starts = Import.objects.filter(pk=found.pk, state__in=before).update(state=state, lines_done=0)
        if starts and state == State.UNDOING:
            Encounter.objects.filter(batch=found.pk, state=Encounter.State.UNDONE).update(batch=None)
    _move(found, {state}, state, trouble="")


def give_up_step(found: Import, sentence: str) -> None:
    """The step can't be done: back to where a person can put it right."""
    before = {State.CHECKING: State.WAITING, State.RUNNING: State.CHECKED, State.UNDOING: State.DONE}
    state = before.get(State(found.state), State.UNDONE if found.state == State.RETURNING else State(found.state))
    Import.objects.filter(pk=found.pk, state=found.state).update(state=state, trouble=sentence[:400])


@with_more_memory()
def _work_through(found: Import, sender: Sender, tell: Tell, *, is_dry: bool) -> tuple[Tally, dict[str, object]]:
    """Read the whole file, a chunk at a time, and tally what becomes of its lines."""
    mapping = mapping_from(found.mapping)
    tally, faults = Tally(), files.FaultList()
    with files.waiting(found.pk) as file:
        table = open_table(file, sheet=mapping.sheet)
        intake = Intake(found, mapping, sender=sender)
        reader = reader_of(table, mapping, intake, sender)
        _report_progress(found, 0, table.rows_expected, tell)
        for chunk in _chunks(reader.lines(table.rows()), CHUNK):
            _take(chunk, intake, is_dry=is_dry, into=(tally, faults, reader))
            _report_progress(found, tally.lines, max(table.rows_expected, tally.lines), tell)
    faults.keep(found.pk)
    return tally, tally.report_as_json() | {"new_sites": list(intake.places.new.values())}


def reader_of(table: Table, mapping: ColumnMapping, intake: Intake, sender: Sender) -> LineReader:
    """Reads the table's lines. Raises Refusal if the mapping does not fit it."""
    header = find_header(table.rows(), first=mapping.header_first, last=mapping.header_last)
    items = catalogue(sender.program)
    if missing := what_is_missing(mapping, header, catalogue=items):
        raise Refusal(next(iter(missing.values())))
    return LineReader(header, mapping, catalogue=items, zone=sender.program.timezone, check_site=intake.places.check)


def _take(
    chunk: Sequence[Read], intake: Intake, *, is_dry: bool, into: tuple[Tally, files.FaultList, LineReader]
) -> None:
    tally, faults, reader = into
    rows = {row.number: row for row, _line in chunk}
    prepared = intake.prepare([line for _row, line in chunk if isinstance(line, Line)])
    if is_dry:
        intake.judge(prepared)
    else:
        intake.store(prepared)
    for _row, line in chunk:
        if isinstance(line, NotTaken):
            _note(line.number, line.outcome, " ".join(line.reasons), (tally, faults, reader), rows)
    for each in prepared:
        outcome = each.outcome or Outcome.ACCEPTED
        _note(each.line.number, outcome, each.reason, (tally, faults, reader), rows, count=each.line.rows)
        if outcome in COUNTED:
            _add_totals(tally, each, intake)


def _note(
    number: int,
    outcome: Outcome,
    reason: str,
    into: tuple[Tally, files.FaultList, LineReader],
    rows: dict[int, Row],
    *,
    count: int = 1,
) -> None:
    tally, faults, reader = into
    tally.count(outcome, rows=count)
    if outcome in FAULTS:
        tally.note_fault(number, outcome, reason)
        faults.add(number, reason, reader.kept_cells(rows[number]))


def _add_totals(tally: Tally, each: Prepared, intake: Intake) -> None:
    line, year = each.line, each.line.when.day.year
    for items in line.given.values():
        for key, quantity in items.items():
            tally.add_total(year, f"{ITEM_COLUMN}{key}", quantity)
    for reading, number in line.figures.items():
        tally.add_total(year, reading, number)
    for reading, people in ((PEOPLE, line.people), (REACHED, line.reached)):
        if people:
            tally.add_total(year, reading, people)
    tally.add_place(intake.places.id_of(line.site), line.when.day, each.outcome or Outcome.ACCEPTED)


@with_more_memory()
def _for_each(found: Import, ids: Sequence[UUID], do: Callable[[Sequence[UUID]], object], tell: Tell) -> None:
    _report_progress(found, 0, len(ids), tell)
    for start in range(0, len(ids), UNDO_CHUNK):
        do(ids[start : start + UNDO_CHUNK])
        _report_progress(found, start + UNDO_CHUNK, len(ids), tell)


def _move(found: Import, before: Collection[State], after: State, **fields: Any) -> None:
    """From one of these states to another, by a conditional update: of two at once, one is refused."""
    if not Import.objects.filter(pk=found.pk, state__in=before).update(state=after, **fields):
        raise Refusal(_("Somebody else moved this import on meanwhile. Open it again to see how it stands."))
    found.state = after
    for name, value in fields.items():
        setattr(found, name, value)


def _report_progress(found: Import, done: int, total: int, tell: Tell) -> None:
    Import.objects.filter(pk=found.pk).update(lines_done=min(done, total), lines_total=total)
    tell(min(done, total), total)


def _audit(action: str, found: Import, sender: Sender, **counts: int) -> None:
    record_audit(action, program_id=sender.program.pk, by_id=sender.user_id, target=str(found.pk), **counts)


def _chunks(lines: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(lines)
    while chunk := list(islice(waiting, size)):
        yield chunk
