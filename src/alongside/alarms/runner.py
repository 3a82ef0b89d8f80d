"""Finds what is due. One transaction takes the due alarms, changes their state, writes their incidents, one message per
target, and the next deadline: a process killed anywhere leaves all of that or nothing, and then the next round does it.

Any number of these may run, on any number of machines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.alarms.stages import Stage, from_text, next_after, stage_at
from alongside.alarms.wording import LATE_MS, found_late
from alongside.jobs.store import Row, Store, places, uuid_of
from alongside.kernel.ids import uuid_within
from alongside.messaging.alerting.outgoing import ALARM, Addressed, Outgoing, put_out, targets_by_id

BATCH = 500
OUTBOX_SECONDS = 24 * 3600
"""An alarm that could not be sent for this long is over; its repeats are younger."""

_TAKEN = "id, program_id, site_id, kind, subject, words, stages, state, step, due_ms"
_EVENT_COLUMNS = ("program_id", "incident_id", "at_ms", "action", "note")
_INCIDENT_COLUMNS = (
    "id",
    "program_id",
    "site_id",
    "kind",
    "subject",
    "words",
    "due_ms",
    "raised_ms",
    "outcome",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """An alarm that this round took."""

    id: UUID
    program_id: int
    site_id: int | None
    kind: str
    subject: UUID
    words: str
    stages: tuple[Stage, ...]
    was: str
    step: int
    """The step that is being told now; 0 the first. Never the same twice, or the second telling would be lost."""
    due_ms: int

    @property
    def is_new(self) -> bool:
        return self.was == "waiting"

    @property
    def lost_its_owner(self) -> bool:
        return self.was == "owned"

    def is_found_late(self, now_ms: int) -> bool:
        """The first stage may be meant to come after the deadline; what counts is that it was not taken then."""
        first = self.stages[0].after_seconds * 1000 if self.stages else 0
        return self.is_new and now_ms - self.due_ms - first > LATE_MS

    @property
    def stage(self) -> Stage | None:
        """Of an owner who fell silent, the last one: everyone."""
        return stage_at(self.stages, len(self.stages) if self.lost_its_owner else self.step)


#: Called inside the transaction that raises alarms, with those of its kind: what else has to be true from now on.
Also = Callable[[Store, Sequence[Due], int], None]


def fire_due(store: Store, *, batch: int = BATCH, also: dict[str, Also] | None = None) -> int:
    """Do one batch of what is due, and return how many alarms that were."""
    if not store.rows(f"SELECT 1 FROM alarms_alarm WHERE next_ms <= {store.now_sql} LIMIT 1"):
        return 0  # Looking costs nothing; taking makes SQLite's other writers wait.
    with store.transaction():
        taken, now_ms = _take(store, batch)
        if taken:
            _tell(store, taken, now_ms)
            _note(store, taken, now_ms)
            _set_next(store, taken, now_ms)
            for kind, more in (also or {}).items():
                if mine := [each for each in taken if each.kind == kind]:
                    more(store, mine, now_ms)
    return len(taken)


def _take(store: Store, batch: int) -> tuple[list[Due], int]:
    """Lock them first, then ask the clock, so that nothing is told before its time."""
    now_ms = store.now_ms()
    found = store.rows(
        f"SELECT {_TAKEN} FROM alarms_alarm WHERE next_ms <= %s ORDER BY next_ms LIMIT %s{store.alone_sql}",
        [now_ms, batch],
    )
    return [_due(row) for row in found], now_ms


def _due(row: Row) -> Due:
    identity, program_id, site_id, kind, subject, words, stages, state, step, due_ms = row
    return Due(
        id=uuid_of(identity),
        program_id=program_id,
        site_id=site_id,
        kind=kind,
        subject=uuid_of(subject),
        words=words,
        stages=from_text(stages),
        was=state,
        step=step,
        due_ms=due_ms,
    )


def _tell(store: Store, taken: Sequence[Due], now_ms: int) -> None:
    known = targets_by_id(store, {each for due in taken if due.stage for each in due.stage.target_ids})
    languages = _languages_of_late(store, taken, now_ms)
    put_out(store, [message for due in taken for message in _messages(due, known, languages, now_ms)])


def _languages_of_late(store: Store, taken: Sequence[Due], now_ms: int) -> dict[int, str]:
    """Of the programs whose alarms were found late, as after an outage. Otherwise the database is not asked."""
    late = sorted({due.program_id for due in taken if due.is_found_late(now_ms)})
    if not late:
        return {}
    found = store.rows(f"SELECT id, language FROM sites_program WHERE id IN ({places(len(late))})", late)
    return {row[0]: row[1] for row in found}


def _messages(due: Due, known: dict[UUID, Addressed], languages: dict[int, str], now_ms: int) -> Iterable[Outgoing]:
    """One for each target. The id follows from what it is, so that telling twice is impossible."""
    words = due.words
    if due.is_found_late(now_ms):
        words = found_late(words, now_ms - due.due_ms, languages.get(due.program_id, ""))
    for target_id in due.stage.target_ids if due.stage else ():
        if target := known.get(target_id):
            yield Outgoing(
                id=uuid_within(due.id, f"{due.step}:{target_id.hex}"),
                program_id=due.program_id,
                incident=due.id,
                target_id=target_id,
                channel=target.channel,
                lane=target.lane,
                words=words,
                urgency=ALARM,
                made_ms=now_ms,
                expires_ms=now_ms + OUTBOX_SECONDS * 1000,
            )


def _note(store: Store, taken: Sequence[Due], now_ms: int) -> None:
    """The incident of each new one, and a line in its story for everyone."""
    new = [_incident_row(store, due, now_ms) for due in taken if due.is_new]
    if new:
        store.insert("alarms_incident", _INCIDENT_COLUMNS, new)
    store.insert("alarms_incidentevent", _EVENT_COLUMNS, [_event_row(store, due, now_ms) for due in taken])
    if lost := [due.id for due in taken if due.lost_its_owner]:
        store.change(
            f"UPDATE alarms_incident SET owner_id = NULL WHERE id IN ({places(len(lost))})",
            store.ids(lost),
        )


def _incident_row(store: Store, due: Due, now_ms: int) -> Sequence[object]:
    subject = store.id(due.subject)
    return store.id(due.id), due.program_id, due.site_id, due.kind, subject, due.words, due.due_ms, now_ms, ""


def _event_row(store: Store, due: Due, now_ms: int) -> Sequence[object]:
    action = "raised" if due.is_new else "owner_silent" if due.lost_its_owner else "told_again"
    count = len(due.stage.target_ids) if due.stage else 0
    return due.program_id, store.id(due.id), now_ms, action, str(count)


def _set_next(store: Store, taken: Sequence[Due], now_ms: int) -> None:
    """Most alarms of a batch share their next deadline or its distance, so this is few statements."""
    groups: dict[tuple[int, int], list[UUID]] = defaultdict(list)
    for due in taken:
        groups[due.step + 1, next_after(due.stages, due.step, due_ms=due.due_ms, now_ms=now_ms)].append(due.id)
    for (step, next_ms), ids in groups.items():
        store.change(
            f"UPDATE alarms_alarm SET state = 'raised', step = %s, next_ms = %s WHERE id IN ({places(len(ids))})",
            [step, next_ms, *store.ids(ids)],
        )
