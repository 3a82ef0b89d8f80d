"""Looks at the alarm from outside: is anything overdue, half done or silent? Then people are told in every way.

It runs in a process of its own and believes nothing that the others say: it asks the tables. Without Django.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.alarms.beats import SILENT_MS, silent_parts
from alongside.alarms.wording import said
from alongside.jobs.store import Store, StoreAway, uuid_of
from alongside.kernel.errors import gettext_noop
from alongside.kernel.ids import uuid7, uuid_within
from alongside.messaging.alerting.outgoing import ALARM, Outgoing, put_out

ROUND_SECONDS = 5.0
REMIND_MS = 10 * 60 * 1000
OVERDUE_MS = 5_000
UNSENT_MS = 30_000
SKEW_MS = 2_000


@dataclass(frozen=True, kw_only=True)
class Check:
    """A property of the tables. `count` is how often it is broken; its sentence goes to the staff."""

    what: str
    count: str
    sentence: str
    affects_cover: bool = True


CHECKS = (
    Check(
        what="unclaimed",
        count="SELECT count(*) FROM alarms_alarm WHERE next_ms < {now} - 5000",
        sentence=gettext_noop("Alarms are due and nothing raises them. Look after each other by phone now."),
    ),
    Check(
        what="no_incident",
        count="SELECT count(*) FROM alarms_alarm a WHERE a.state IN ('raised', 'owned') "
        "AND NOT EXISTS (SELECT 1 FROM alarms_incident i WHERE i.id = a.id)",
        sentence=gettext_noop("An alarm was raised without its incident. Look at the list of incidents."),
    ),
    Check(
        what="told_nobody",
        count="SELECT count(*) FROM alarms_alarm a WHERE a.state = 'raised' "
        "AND NOT EXISTS (SELECT 1 FROM alerting_dispatch d WHERE d.incident = a.id)",
        sentence=gettext_noop("An alarm was raised and there was nobody to tell. Look at the list of incidents now."),
    ),
    Check(
        what="unsent",
        count="SELECT count(*) FROM alerting_dispatch WHERE next_ms IS NOT NULL AND urgency = 0 "
        "AND channel <> 'sounder' AND made_ms < {now} - 30000",
        sentence=gettext_noop("Alarms can’t be sent: a gateway does not take them. Look at the list of incidents now."),
        affects_cover=False,
    ),
    Check(
        what="sounder_away",
        count="SELECT count(*) FROM alerting_dispatch WHERE next_ms IS NOT NULL AND urgency = 0 "
        "AND channel = 'sounder' AND made_ms < {now} - 15000",
        sentence=gettext_noop("A screen that should sound has not asked for its alarm. Look after that site now."),
        affects_cover=False,
    ),
    Check(
        what="clocks_apart",
        count="SELECT count(*) FROM alarms_beat WHERE at_ms > {now} - 15000 AND abs(skew_ms) > 2000",
        sentence=gettext_noop("A computer’s clock is more than 2 seconds wrong. Alarms go by the database’s clock."),
        affects_cover=False,
    ),
    Check(
        what="dead_target",
        count="SELECT count(*) FROM alerting_target WHERE failed_ms IS NOT NULL AND ended_ms IS NULL",
        sentence=gettext_noop("Somebody who should be told of alarms can’t be reached any more. Look at the list."),
        affects_cover=False,
    ),
)
SILENT = {
    "runner": gettext_noop("Nothing watches over the check-ins at the moment. Look after each other by phone now."),
    "sender": gettext_noop("Nothing sends alarms at the moment. Look at the list of incidents now."),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """What is wrong now."""

    what: str
    sentence: str
    detail: str
    affects_cover: bool


def broken_properties(store: Store) -> list[Broken]:
    found = [(check, store.rows(check.count.format(now=store.now_sql))[0][0]) for check in CHECKS]
    broken = [Broken(check.what, check.sentence, str(count), check.affects_cover) for check, count in found if count]
    silent = [part for part in silent_parts(store) if part in SILENT]
    return broken + [Broken(f"{part}_silent", SILENT[part], f"> {SILENT_MS} ms", affects_cover=True) for part in silent]


def audit(store: Store) -> list[Broken]:
    """Look once, write down what is wrong, and tell the staff of what is new or still so. Returns what is wrong."""
    broken = broken_properties(store)
    with store.transaction():
        now_ms = store.now_ms()
        _end_findings(store, {each.what for each in broken}, now_ms)
        for each in broken:
            _find(store, each, now_ms)
    return broken


def _end_findings(store: Store, still: set[str], now_ms: int) -> None:
    for (what,) in store.rows("SELECT what FROM alarms_finding WHERE ended_ms IS NULL"):
        if what not in still:
            store.change("UPDATE alarms_finding SET ended_ms = %s WHERE what = %s AND ended_ms IS NULL", [now_ms, what])


def _find(store: Store, broken: Broken, now_ms: int) -> None:
    """Staff is told when it begins and every ten minutes while it lasts."""
    known = store.rows("SELECT id, since_ms FROM alarms_finding WHERE what = %s AND ended_ms IS NULL", [broken.what])
    finding, since_ms = (uuid_of(known[0][0]), known[0][1]) if known else (uuid7(), now_ms)
    if known:
        store.change(
            "UPDATE alarms_finding SET last_ms = %s, detail = %s WHERE id = %s",
            [now_ms, broken.detail, store.id(finding)],
        )
    else:
        columns = ("id", "what", "detail", "since_ms", "last_ms")
        store.insert("alarms_finding", columns, [(store.id(finding), broken.what, broken.detail, now_ms, now_ms)])
    turn = (now_ms - since_ms) // REMIND_MS
    put_out(store, [_staff_alarm(finding, turn, broken, row, now_ms) for row in _staff(store)])


def _staff(store: Store) -> Sequence[tuple[object, ...]]:
    """Every target that is told also off duty, with its program's language."""
    return store.rows(
        "SELECT t.id, t.program_id, t.channel, t.lane, p.language FROM alerting_target t "
        "JOIN sites_program p ON p.id = t.program_id WHERE t.ended_ms IS NULL AND t.is_backup"
    )


def _staff_alarm(finding: UUID, turn: int, broken: Broken, row: Sequence[object], now_ms: int) -> Outgoing:
    target_id, program_id, channel, lane, language = row
    target = uuid_of(target_id)
    return Outgoing(
        id=uuid_within(finding, f"{turn}:{target.hex}"),
        program_id=int(str(program_id)),
        incident=None,
        target_id=target,
        channel=str(channel),
        lane=str(lane),
        words=f"Alongside: {said(broken.sentence, str(language))}",
        urgency=ALARM,
        made_ms=now_ms,
        expires_ms=now_ms + REMIND_MS,
    )


def keep_auditing(
    open_store: Callable[[], Store],
    stopping: threading.Event,
    *,
    tick: Callable[[Store], None],
    send_yourself: Callable[[], None],
    heartbeat: Callable[[], None],
) -> None:
    """`heartbeat` is called only after a round that found nothing; `send_yourself` when no sender lives."""
    store: Store | None = None
    while not stopping.is_set():
        began = time.monotonic()
        try:
            store = store or open_store()
            tick(store)
            broken = audit(store)
            if any(each.what == "sender_silent" for each in broken):
                send_yourself()
            if not any(each.affects_cover for each in broken):
                heartbeat()
        except StoreAway:
            store = None
        stopping.wait(max(0.1, ROUND_SECONDS - (time.monotonic() - began)))
    if store is not None:
        store.close()
