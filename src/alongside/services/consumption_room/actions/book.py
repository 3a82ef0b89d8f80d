"""Writing lines: numbered, chained, and with everything that follows from them in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.services.consumption_room.models import RecordLine, Room
from alongside.services.consumption_room.rules.chain import digest_of
from alongside.services.consumption_room.rules.lines import Kind, Line
from alongside.services.consumption_room.rules.times import AHEAD
from alongside.sites.members import Member


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """Who writes, from which form, and when it happened if not now."""

    member: Member
    source: UUID | None = None
    at: datetime | None = None


class Book:
    """A room's record, held for one transaction: whoever else writes waits."""

    def __init__(self, room: Room, hand: Hand) -> None:
        self.room, self.hand = room, hand
        self.entered_at = now()
        self.happened_at = hand.at or self.entered_at
        self._source = hand.source
        if self.happened_at > self.entered_at + AHEAD:
            raise Refusal(_("This time has not come yet. Check the time."))

    @property
    def program_id(self) -> int:
        return self.room.program_id

    @property
    def by_id(self) -> int:
        return self.hand.member.user_id

    @property
    def is_repeat(self) -> bool:
        """True if this form was written down before."""
        source = self.hand.source
        return source is not None and RecordLine.objects.filter(room=self.room, source=source).exists()

    def write(
        self,
        kind: Kind,
        value: Mapping[str, Any] | None = None,
        *,
        visit_id: UUID | None = None,
        emergency_id: UUID | None = None,
        corrects: int | None = None,
        happened_at: datetime | None = None,
    ) -> Line:
        """Put a line at the end. The form's id goes with its first line."""
        line = Line(
            number=self.room.last_number + 1,
            kind=kind.value,
            value=dict(value or {}),
            happened_at=happened_at or self.happened_at,
            entered_at=self.entered_at,
            by_id=self.by_id,
            visit_id=visit_id,
            emergency_id=emergency_id,
            corrects=corrects,
        )
        digest = digest_of(line, before=bytes(self.room.last_digest), room_id=self.room.pk)
        self._store(line, digest)
        self.room.last_number, self.room.last_digest = line.number, digest
        Room.objects.filter(pk=self.room.pk).update(last_number=line.number, last_digest=digest)
        return line

    def _store(self, line: Line, digest: bytes) -> None:
        source, self._source = self._source, None
        RecordLine.objects.create(
            program_id=self.program_id,
            room=self.room,
            number=line.number,
            visit_id=line.visit_id,
            emergency_id=line.emergency_id,
            kind=line.kind,
            value=line.value,
            happened_at=line.happened_at,
            entered_at=line.entered_at,
            by_id=line.by_id,
            corrects=line.corrects,
            source=source,
            digest=digest,
        )


@contextmanager
def open_book(room: Room, hand: Hand) -> Iterator[Book]:
    with transaction.atomic():
        yield Book(Room.objects.select_for_update(no_key=True).get(pk=room.pk), hand)
