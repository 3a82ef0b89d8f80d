"""What the alarm's runner does for sealed plans: keeps keys ready, opens a plan when nobody answered, destroys keys.

Runs in the runner's own process, without Django. Private keys are files beside the other keys, one each, so that
destroying one is deleting one.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from alongside.alarms.runner import Due
from alongside.jobs.store import Row, Store, places, uuid_of
from alongside.kernel.ids import uuid7, uuid_within
from alongside.messaging import boxes
from alongside.messaging.alerting.outgoing import ALARM, Outgoing, put_out
from alongside.services.checkins.rules.sealing import NotOurs, new_pair, unseal

KIND = "checkins.check_in"
REFUSAL_SECONDS = 20
KEYS_READY = 200
KEYS_AT_ONCE = 25
ROUND_SECONDS = 0.5
TIDY_SECONDS = 3.0
AGAIN_MS = 2_000
FRIEND_SECONDS = 3600

_RAISED = (
    "SELECT c.id, c.program_id, p.sealed, p.boxes, i.id FROM checkins_checkin c "
    "JOIN checkins_sealedplan p ON p.check_in_id = c.id "
    "JOIN alarms_incident i ON i.kind = %s AND i.subject = c.id WHERE {more} ORDER BY c.release_ms LIMIT 100"
)


def ask_before_opening(store: Store, raised: Sequence[Due], now_ms: int) -> None:
    """In the transaction that raises the alarm: the plan opens in a moment, unless the person says no."""
    new = [store.id(each.subject) for each in raised if each.is_new]
    if new:
        store.change(
            f"UPDATE checkins_checkin SET release_ms = %s WHERE id IN ({places(len(new))}) AND declined_ms IS NULL",
            [now_ms + REFUSAL_SECONDS * 1000, *new],
        )


class PlanKeeper:
    """Called with every round of the runner; does something every half second."""

    def __init__(self, folder: Path, *, message_key: bytes) -> None:
        self._folder = folder
        self._key = boxes.derived_key(message_key, "sealed")
        self._host = socket.gethostname()[:80]
        self._looked_for_friend: set[UUID] = set()
        self._looked = self._tidied = float("-inf")

    def __call__(self, store: Store) -> None:
        if time.monotonic() - self._looked < ROUND_SECONDS:
            return
        self._looked = time.monotonic()
        self.tell_friends(store)
        self.open_due(store)
        if time.monotonic() - self._tidied > TIDY_SECONDS:
            if self._tidied == float("-inf"):
                self.end_lost_keys(store)
            self._tidied = time.monotonic()
            self.keep_keys_ready(store)
            self.destroy_keys(store)
            self.forget_opened(store)

    def end_lost_keys(self, store: Store) -> None:
        """Keys of this computer whose private half is not here, as on a new disk: nobody shall seal to them."""
        free = "SELECT id FROM checkins_plankey WHERE host = %s AND taken_ms IS NULL AND ended_ms IS NULL"
        lost = [key_id for (key_id,) in store.rows(free, [self._host]) if not self._file(uuid_of(key_id)).exists()]
        if lost:
            ended = f"UPDATE checkins_plankey SET ended_ms = {store.now_sql} WHERE taken_ms IS NULL"
            store.change(f"{ended} AND id IN ({places(len(lost))})", lost)

    def keep_keys_ready(self, store: Store) -> None:
        """The private half is on the disk before anybody can seal to the public one."""
        asked = "SELECT count(*) FROM checkins_plankey WHERE host = %s AND taken_ms IS NULL AND ended_ms IS NULL"
        if store.rows(asked, [self._host])[0][0] >= KEYS_READY:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = [self._new_key() for _each in range(KEYS_AT_ONCE)]
        now_ms = store.now_ms()
        with store.transaction():
            store.insert(
                "checkins_plankey",
                ("id", "host", "public", "made_ms"),
                [(store.id(key_id), self._host, public, now_ms) for key_id, public in made],
            )

    def _new_key(self) -> tuple[UUID, bytes]:
        key_id, (private, public) = uuid7(), new_pair()
        file = os.open(self._file(key_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, private)
            os.fsync(file)
        finally:
            os.close(file)
        return key_id, public

    def destroy_keys(self, store: Store) -> None:
        """Of plans that are needed no more. Written over before it is deleted, for what that is worth on a disk."""
        rows = store.rows(
            "SELECT id FROM checkins_plankey WHERE host = %s AND ending_ms IS NOT NULL AND ended_ms IS NULL LIMIT 200",
            [self._host],
        )
        for (key_id,) in rows:
            with suppress(FileNotFoundError):
                file = self._file(uuid_of(key_id))
                file.write_bytes(bytes(32))
                file.unlink()
        if ids := [key_id for (key_id,) in rows]:
            store.change(
                f"UPDATE checkins_plankey SET ended_ms = {store.now_sql} WHERE id IN ({places(len(ids))})", ids
            )

    def forget_opened(self, store: Store) -> None:
        """What was opened for responders is erased when their incident has ended."""
        store.change(
            "UPDATE checkins_checkin SET opened_plan = NULL WHERE opened_plan IS NOT NULL AND EXISTS (SELECT 1 "
            "FROM alarms_incident i WHERE i.kind = %s AND i.subject = checkins_checkin.id AND i.closed_ms IS NOT NULL)",
            [KIND],
        )

    def tell_friends(self, store: Store) -> None:
        """First, and at once: the message has no place in it, so it does not wait until the plan may open."""
        waiting = store.rows(_RAISED.format(more="c.release_ms IS NOT NULL"), [KIND])
        for row in waiting:
            if uuid_of(row[0]) not in self._looked_for_friend and (text := self._opened(row)):
                with store.transaction():
                    self._tell_friend(store, json.loads(text), row)
        self._looked_for_friend = {uuid_of(row[0]) for row in waiting}

    def open_due(self, store: Store) -> None:
        for row in store.rows(_RAISED.format(more=f"c.release_ms <= {store.now_sql}"), [KIND]):
            text = self._opened(row)
            with store.transaction():
                self._release(store, row, text)

    def _opened(self, row: Row) -> str | None:
        for hex_id, box in json.loads(row[3]).items():
            key_id = UUID(hex_id)
            with suppress(FileNotFoundError, NotOurs):
                private = self._file(key_id).read_bytes()
                return unseal(bytes(row[2]), bytes.fromhex(box), key_id=key_id, private=private)
        return None

    def _release(self, store: Store, row: Row, text: str | None) -> None:
        """Only if the person has not said no in the meantime. What no key here opens is tried again: another
        computer's runner may have it.
        """
        check_in, program_id, _sealed, _boxes, incident = row
        now_ms = store.now_ms()
        if text is None:
            store.change(
                "UPDATE checkins_checkin SET release_ms = %s WHERE id = %s AND release_ms IS NOT NULL",
                [now_ms + AGAIN_MS, check_in],
            )
            return
        opened = boxes.seal(text, place=f"checkins.checkin.opened_plan.{uuid_of(check_in)}", key=self._key)
        changed = store.change(
            "UPDATE checkins_checkin SET opened_plan = %s, released_ms = %s, release_ms = NULL "
            "WHERE id = %s AND release_ms IS NOT NULL AND declined_ms IS NULL",
            [opened, now_ms, check_in],
        )
        if changed:
            columns = ("program_id", "check_in_id", "at_ms", "action")
            store.insert("checkins_planevent", columns, [(program_id, check_in, now_ms, "released")])
            told = ("program_id", "incident_id", "at_ms", "action", "note")
            store.insert("alarms_incidentevent", told, [(program_id, incident, now_ms, "released", "")])

    def _tell_friend(self, store: Store, plan: dict[str, str], row: Row) -> None:
        """Once, however often this is called. The person sees that it was done."""
        check_in, program_id, _sealed, _boxes, incident_id = row
        incident, now_ms = uuid_of(incident_id), store.now_ms()
        message_id = uuid_within(incident, "friend")
        known = store.rows("SELECT 1 FROM alerting_dispatch WHERE id = %s", [store.id(message_id)])
        if known or not plan.get("friend"):
            return
        columns = ("program_id", "check_in_id", "at_ms", "action")
        store.insert("checkins_planevent", columns, [(program_id, check_in, now_ms, "friend")])
        told = ("program_id", "incident_id", "at_ms", "action", "note")
        store.insert("alarms_incidentevent", told, [(program_id, incident_id, now_ms, "friend_told", "")])
        place = f"alerting.dispatch.address.{message_id}"
        address = boxes.seal(json.dumps({"number": plan["friend"]}), place=place, key=self._key)
        put_out(
            store,
            [
                Outgoing(
                    id=message_id,
                    program_id=program_id,
                    incident=incident,
                    target_id=None,
                    channel="text",
                    lane=f"text:{program_id}",
                    words=plan["friend_words"][:300],
                    urgency=ALARM,
                    made_ms=now_ms,
                    expires_ms=now_ms + FRIEND_SECONDS * 1000,
                    address=address,
                )
            ],
        )

    def _file(self, key_id: UUID) -> Path:
        return self._folder / f"{key_id.hex}.key"
