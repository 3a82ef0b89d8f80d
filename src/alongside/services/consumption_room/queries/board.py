"""What the board shows: a place for each person, and when somebody has to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Sum
from django.utils.functional import cached_property

from alongside.alarms.queries import living_sounders
from alongside.kernel.clock import now, today
from alongside.services.consumption_room.models import Place, RecordLine, Room, Visit
from alongside.services.consumption_room.queries.reading import (
    MASK,
    OXYGEN,
    lines_of,
    naloxone_items,
    people_in,
    standing_offer,
)
from alongside.services.consumption_room.queries.wording import ROUTES, SUBSTANCES, TYPES, listed
from alongside.services.consumption_room.rules.lines import by_visit
from alongside.services.consumption_room.rules.state import VisitState, visit_of
from alongside.sites.models import Shift
from alongside.supplies.models import Item, StockLevel
from alongside.supplies.rules import expires_soon, is_expired
from alongside.supplies.shelf import SOON_DAYS


def milliseconds(moment: datetime | None) -> int | None:
    """Since 1970, as a browser counts."""
    return int(moment.timestamp() * 1000) if moment else None


@dataclass(frozen=True, kw_only=True)
class Card:
    """One person in the room."""

    visit: Visit
    state: VisitState

    @property
    def look_ms(self) -> int | None:
        return milliseconds(self.visit.next_look_at)

    @property
    def since_ms(self) -> int | None:
        """What the clock counts up from: an emergency, else the last use, else the arrival."""
        emergency = self.state.emergency
        return milliseconds(emergency.opened_at if emergency else self.state.used_at or self.state.arrived_at)

    @property
    def stage(self) -> str:
        """emergency, watched, waiting (has not used) or done (watched for long enough)."""
        if self.state.emergency:
            return "emergency"
        if self.visit.next_look_at:
            return "watched"
        return "done" if self.state.used_at else "waiting"

    @property
    def is_late(self) -> bool:
        return self.visit.next_look_at is not None and self.visit.next_look_at <= now()

    @property
    def used(self) -> str:
        """What and how, in words."""
        route = str(ROUTES.get(self.state.route, "")) if self.state.route else ""
        said = dict.fromkeys([listed(self.state.substances, SUBSTANCES), route])
        return " · ".join(filter(None, said))

    @property
    def emergency_type(self) -> str:
        return str(TYPES[self.state.emergency.type]) if self.state.emergency else ""


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Units of something for emergencies at the room's site."""

    item: Item
    units: int
    next_expiry: date | None
    is_expired: bool
    expires_soon: bool

    @property
    def needs_attention(self) -> bool:
        return self.units <= 0 or self.is_expired or self.expires_soon


class Board:
    """The room now."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.at = now()

    @property
    def now_ms(self) -> int | None:
        return milliseconds(self.at)

    @property
    def stamp(self) -> str:
        """Changes whenever the board does."""
        return f"{self.room.last_number}.{self.shift.pk if self.shift else 0}.{int(self.has_sounder)}"

    @cached_property
    def has_sounder(self) -> bool:
        """A screen that sounds when a look is overdue asked for its alarm within the last seconds."""
        return living_sounders(self.room.program_id, site_id=self.room.site_id).exists()

    @cached_property
    def shift(self) -> Shift | None:
        return Shift.objects.filter(site_id=self.room.site_id, ended_at=None).first()

    @cached_property
    def cards(self) -> list[Card]:
        people = people_in(self.room)
        lines = by_visit(lines_of([each.pk for each in people]))
        states = ((each, visit_of(lines.get(each.pk, []))) for each in people)
        return [Card(visit=visit, state=state) for visit, state in states if state]

    @property
    def seats(self) -> list[tuple[Place, Card | None]]:
        """Every place with who is there. A place out of use is shown while somebody is in it."""
        by_place = {card.visit.place_id: card for card in self.cards}
        places = Place.objects.filter(room=self.room)
        return [(place, by_place.get(place.pk)) for place in places if place.is_active or place.pk in by_place]

    @property
    def waiting(self) -> list[Card]:
        return [card for card in self.cards if card.visit.place_id is None]

    @cached_property
    def offer(self) -> RecordLine | None:
        return standing_offer(self.room)

    @cached_property
    def shelf(self) -> Sequence[Shelf]:
        return emergency_shelf(self.room)


def emergency_shelf(room: Room) -> list[Shelf]:
    """Naloxone, oxygen and masks at the room's site: what is there, and what expires."""
    items = [*naloxone_items(), *Item.objects.filter(key__in=[OXYGEN, MASK], is_active=True)]
    levels = StockLevel.objects.filter(site_id=room.site_id, item__in=items)
    units = dict(levels.values("item_id").annotate(units=Sum("quantity")).values_list("item_id", "units"))
    expiry = _next_expiry(levels)
    day = today(room.program.timezone)
    return [
        Shelf(
            item=item,
            units=units.get(item.pk, 0),
            next_expiry=expiry.get(item.pk),
            is_expired=is_expired(expiry.get(item.pk), today=day),
            expires_soon=expires_soon(expiry.get(item.pk), today=day, days=SOON_DAYS),
        )
        for item in items
        if item.pk in units or item.key in {OXYGEN, MASK}
    ]


def _next_expiry(levels: Any) -> dict[int, date]:
    rows = levels.filter(quantity__gt=0, lot__expires_on__isnull=False).order_by("-lot__expires_on")
    return dict(rows.values_list("item_id", "lot__expires_on"))
