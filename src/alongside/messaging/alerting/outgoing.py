"""Putting messages into the outbox of alarms, in the caller's transaction. Without Django, for the runner."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from alongside.jobs.store import Store, places, uuid_of

ALARM: Final = 0
SHIFT_CHECK: Final = 1
OTHER: Final = 2

_COLUMNS = (
    "id",
    "program_id",
    "incident",
    "target_id",
    "channel",
    "lane",
    "address",
    "words",
    "urgency",
    "made_ms",
    "next_ms",
    "expires_ms",
    "attempts",
    "error",
    "receipt",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressed:
    """How a target is reached."""

    channel: str
    lane: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A message to be sent. The same id again is the same message."""

    id: UUID
    program_id: int
    incident: UUID | None
    target_id: UUID | None
    channel: str
    lane: str
    words: str
    urgency: int
    made_ms: int
    expires_ms: int
    address: bytes | None = None
    """Sealed for this row; for somebody who is no target."""


def targets_by_id(store: Store, ids: Collection[UUID]) -> dict[UUID, Addressed]:
    """Those of them that are still in use, also when they seem dead: an alarm is tried all the same."""
    if not ids:
        return {}
    found = store.rows(
        f"SELECT id, channel, lane FROM alerting_target WHERE ended_ms IS NULL AND id IN ({places(len(ids))})",
        store.ids(list(ids)),
    )
    return {uuid_of(identity): Addressed(channel=channel, lane=lane) for identity, channel, lane in found}


def put_out(store: Store, messages: Sequence[Outgoing]) -> None:
    if messages:
        store.insert("alerting_dispatch", _COLUMNS, [_row(store, each) for each in messages])


def _row(store: Store, each: Outgoing) -> Sequence[object]:
    incident = store.id(each.incident) if each.incident else None
    target = store.id(each.target_id) if each.target_id else None
    identity = store.id(each.id)
    beginning = (identity, each.program_id, incident, target, each.channel, each.lane, each.address, each.words)
    return *beginning, each.urgency, each.made_ms, each.made_ms, each.expires_ms, 0, "", ""
