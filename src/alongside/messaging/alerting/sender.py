"""Sends what waits in the outbox of alarms. A message is held on lease: a sender that dies lets go of it by dying.

So a message may be sent twice and is never lost. Any number of senders may run, on any number of machines.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from alongside.jobs.store import Row, Store, StoreAway, places, uuid_of
from alongside.messaging.alerting.addresses import AddressBook, Who
from alongside.messaging.alerting.channels.carrying import Carry, Message
from alongside.messaging.alerting.lanes import THREADS_IN_ALL, Lane, Result

LEASE_SECONDS = 12.0
"""Longer than a channel may take; so long the messages of a sender that died have to wait."""
PULLED = "sounder"
"""Nobody is sent these: screens ask for them."""
_FIRST_WAIT_MS = 1_000
_LONGEST_WAIT_MS = 60_000
_IDLE_SECONDS = 0.05
_BUSY_SECONDS = 0.005
_AWAY_SECONDS = 0.5

_LANES = """
WITH RECURSIVE waiting(lane) AS (
  SELECT min(lane) FROM alerting_dispatch WHERE next_ms IS NOT NULL
  UNION ALL
  SELECT (SELECT min(d.lane) FROM alerting_dispatch d WHERE d.next_ms IS NOT NULL AND d.lane > waiting.lane)
  FROM waiting WHERE waiting.lane IS NOT NULL)
SELECT lane FROM waiting WHERE lane IS NOT NULL"""
_FREE = """
SELECT id FROM alerting_dispatch WHERE lane = %s AND next_ms <= {now} ORDER BY urgency, next_ms LIMIT %s"""
_TAKEN = """
SELECT id, program_id, incident, target_id, channel, lane, address, words, urgency, expires_ms, attempts
FROM alerting_dispatch WHERE id IN ({ids})"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A message that this sender holds."""

    id: UUID
    lane: str
    channel: str
    attempts: int
    target_id: UUID | None
    expires_ms: int


class Sender:
    """One thread with the database, and each lane's threads with the world."""

    def __init__(
        self,
        open_store: Callable[[], Store],
        *,
        channels: Mapping[str, Carry],
        book: AddressBook,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._open_store = open_store
        self._channels = channels
        self._book = book
        self._lease_ms = round(lease_seconds * 1000)
        self._lanes: dict[str, Lane] = {}
        self._held: dict[UUID, Taken] = {}
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._unwritten: list[Result] = []
        self._store: Store | None = None

    def run(self, stopping: threading.Event, *, tick: Callable[[Store], None] = lambda _store: None) -> None:
        """`tick` is called with every round, to show signs of life."""
        while not stopping.is_set():
            try:
                has_worked = self.work_once(tick)
            except StoreAway:
                self._drop_store()
                stopping.wait(_AWAY_SECONDS)
                continue
            self._pause(is_busy=has_worked)
        self._drop_store()

    def _pause(self, *, is_busy: bool) -> None:
        """Until something has been sent, or for a moment: a server that hangs is no reason to look all the time."""
        if is_busy:
            time.sleep(_BUSY_SECONDS)
            return
        with contextlib.suppress(queue.Empty):
            self._unwritten.append(self._results.get(timeout=_IDLE_SECONDS))

    def work_once(self, tick: Callable[[Store], None] = lambda _store: None) -> bool:
        """Write down what has been sent, then hand out what may be. True if there was anything. Raises StoreAway."""
        store = self._store = self._store or self._open_store()
        tick(store)
        self._gather_results()
        wanted = self._wanted(store)
        if not (self._unwritten or wanted):
            return False
        with store.transaction():
            self._write_results(store)
            rows = [row for lane, room in wanted.items() for row in self._take(store, lane, room)]
        self._forget_written()
        self._give(store, rows)
        return True

    def send_all(self, *, seconds: float = 10) -> None:
        """Until nothing that is due is left: for tests, and for the auditor when no sender lives."""
        until = time.monotonic() + seconds
        while (self.work_once() or self._held) and time.monotonic() < until:
            time.sleep(0.002)

    def _drop_store(self) -> None:
        if self._store is not None:
            with contextlib.suppress(StoreAway):
                self._store.close()
            self._store = None

    def _wanted(self, store: Store) -> dict[str, int]:
        """How many each lane may be given, of those for which something waits: looking costs less than taking."""
        rooms = {lane: room for lane in self._waiting_lanes(store) if (room := self._lane(lane).room)}
        return {lane: room for lane, room in rooms.items() if self._has_waiting(store, lane)}

    def _waiting_lanes(self, store: Store) -> list[str]:
        return [lane for (lane,) in store.rows(_LANES) if lane.partition(":")[0] != PULLED]

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            carry = self._channels[name.partition(":")[0]]
            self._lanes[name] = Lane(carry, done=self._results.put, may_grow=self._may_grow)
        return self._lanes[name]

    def _may_grow(self) -> bool:
        return sum(lane.threads for lane in self._lanes.values()) < THREADS_IN_ALL

    def _has_waiting(self, store: Store, lane: str) -> bool:
        return bool(store.rows(_FREE.format(now=store.now_sql), [lane, 1]))

    def _take(self, store: Store, lane: str, room: int) -> list[Row]:
        statement = _FREE.format(now=store.now_sql) + store.alone_sql
        ids = [identity for (identity,) in store.rows(statement, [lane, room])]
        if not ids:
            return []
        store.change(
            f"UPDATE alerting_dispatch SET next_ms = {store.now_sql} + %s, attempts = attempts + 1 "
            f"WHERE id IN ({places(len(ids))})",
            [self._lease_ms, *ids],
        )
        return store.rows(_TAKEN.format(ids=places(len(ids))), ids)

    def _give(self, store: Store, rows: Sequence[Row]) -> None:
        now_ms = store.now_ms()
        who = {uuid_of(row[0]): _who(row) for row in rows}
        addresses = self._book.addresses(store, list(who.values()))
        groups: dict[str, list[Message]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row[8]):
            taken = _taken(row)
            if taken.id in self._held:
                continue  # still under way here, longer than a lease
            self._held[taken.id] = taken
            found = addresses.get(taken.id)
            if found is None:
                self._results.put(Result(id=taken.id, error="no address", is_final=True))
            elif taken.expires_ms <= now_ms:
                self._results.put(Result(id=taken.id, error="too late", is_final=True))
            else:
                seconds_left = (taken.expires_ms - now_ms) // 1000
                groups[taken.lane].append(found.message(row, seconds_left=seconds_left))
        for lane, messages in groups.items():
            self._lane(lane).give(messages)

    def _gather_results(self) -> None:
        """To those of a round before, if the database was away."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._unwritten.append(self._results.get_nowait())

    def _write_results(self, store: Store) -> None:
        now_ms = store.now_ms()
        self._write_accepted(store, [each for each in self._unwritten if not each.error], now_ms)
        for each in self._unwritten:
            if each.error:
                self._write_failure(store, each, now_ms)

    def _forget_written(self) -> None:
        """After the transaction: one that failed has written none of them."""
        for each in self._unwritten:
            self._held.pop(each.id, None)
        self._unwritten = []

    def _write_accepted(self, store: Store, results: Sequence[Result], now_ms: int) -> None:
        groups: dict[str, list[UUID]] = defaultdict(list)
        for each in results:
            groups[each.receipt].append(each.id)
        for receipt, ids in groups.items():
            store.change(
                "UPDATE alerting_dispatch SET accepted_ms = %s, next_ms = NULL, address = NULL, error = '', "
                f"receipt = %s WHERE id IN ({places(len(ids))})",
                [now_ms, receipt, *store.ids(ids)],
            )

    def _write_failure(self, store: Store, result: Result, now_ms: int) -> None:
        taken = self._held[result.id]
        if result.is_final or taken.expires_ms <= now_ms:
            store.change(
                "UPDATE alerting_dispatch SET gave_up_ms = %s, next_ms = NULL, address = NULL, error = %s "
                "WHERE id = %s AND accepted_ms IS NULL",
                [now_ms, result.error, store.id(result.id)],
            )
            if taken.target_id and result.is_final and result.error != "too late":
                store.change(
                    "UPDATE alerting_target SET failed_ms = %s, failure = %s WHERE id = %s AND failed_ms IS NULL",
                    [now_ms, result.error, store.id(taken.target_id)],
                )
            return
        wait_ms = min(_LONGEST_WAIT_MS, _FIRST_WAIT_MS * 2 ** min(taken.attempts - 1, 10))
        store.change(
            "UPDATE alerting_dispatch SET next_ms = %s, error = %s WHERE id = %s AND accepted_ms IS NULL",
            [now_ms + wait_ms, result.error, store.id(result.id)],
        )


def _taken(row: Row) -> Taken:
    identity, _program, _incident, target_id, channel, lane, _address, _words, _urgency, expires_ms, attempts = row
    return Taken(
        id=uuid_of(identity),
        lane=lane,
        channel=channel,
        attempts=attempts,
        target_id=uuid_of(target_id) if target_id else None,
        expires_ms=expires_ms,
    )


def _who(row: Row) -> Who:
    return Who(
        dispatch_id=uuid_of(row[0]),
        program_id=row[1],
        target_id=uuid_of(row[3]) if row[3] else None,
        channel=row[4],
        sealed=bytes(row[6]) if row[6] else None,
    )
