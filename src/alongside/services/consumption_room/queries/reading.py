"""Reading the record and what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from alongside.services.consumption_room.models import ConfirmedProtocol, Place, RecordLine, Room, Visit
from alongside.services.consumption_room.rules import chain
from alongside.services.consumption_room.rules.lines import Kind, Line
from alongside.services.consumption_room.rules.protocol import Protocol, from_rows
from alongside.services.consumption_room.rules.state import VisitState, visit_of
from alongside.supplies.models import Item

OXYGEN = "oxygen-litre"
MASK = "oxygen-mask"


def current_protocol() -> Protocol | None:
    """The newest minutes that somebody at the program stands for; None before anybody does."""
    row = ConfirmedProtocol.objects.order_by("-version").first()
    return from_rows(row.rows, version=row.version, source=row.source) if row else None


def lines_of(visit_ids: Iterable[UUID]) -> list[Line]:
    rows = RecordLine.objects.filter(visit_id__in=list(visit_ids)).order_by("number")
    return [row.plain() for row in rows]


def state_of(visit: Visit) -> VisitState | None:
    return visit_of(lines_of([visit.pk]))


def people_in(room: Room) -> list[Visit]:
    found = Visit.objects.filter(room=room, left_at=None).select_related("place")
    return list(found.order_by("place__position", "arrived_at"))


def free_places(room: Room) -> list[Place]:
    taken = Visit.objects.filter(room=room, left_at=None, place__isnull=False).values("place")
    return list(Place.objects.filter(room=room, is_active=True).exclude(pk__in=taken))


def naloxone_items() -> list[Item]:
    """Single products with doses, in the catalogue's order."""
    return list(Item.objects.filter(doses__gt=0, is_active=True, parts__isnull=True))


def standing_offer(room: Room) -> RecordLine | None:
    """The hand-over that somebody offered and nobody has taken over yet."""
    turning = RecordLine.objects.filter(room=room, kind__in=[Kind.OFFERED, Kind.TAKEN, Kind.KEPT])
    last = turning.order_by("-number").select_related("by").first()
    return last if last and last.kind == Kind.OFFERED else None


def check_chain(room: Room) -> chain.Checked:
    """Follow the chain of a room's record from its first line, and compare its end with the room's own."""
    rows = RecordLine.objects.filter(room=room).order_by("number").iterator(2000)
    checked = chain.check(_with_digests(rows), room_id=room.pk)
    if checked.broken_at is None and checked.lines < room.last_number:
        return chain.Checked(lines=checked.lines, head=checked.head, broken_at=checked.lines + 1)
    if checked.broken_at is None and checked.head != bytes(room.last_digest).hex():
        return chain.Checked(lines=checked.lines, head=checked.head, broken_at=checked.lines)
    return checked


def _with_digests(rows: Iterable[RecordLine]) -> Iterator[tuple[Line, bytes]]:
    return ((row.plain(), bytes(row.digest)) for row in rows)
