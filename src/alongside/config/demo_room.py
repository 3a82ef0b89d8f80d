"""The demo program's supervised room: open for two weeks, with three people in it now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.kernel import clock
from alongside.services.consumption_room.actions import emergencies, visits
from alongside.services.consumption_room.actions.book import Hand
from alongside.services.consumption_room.actions.setting_up import (
    add_place,
    confirm_protocol,
    proposed_protocol,
    room_at,
)
from alongside.services.consumption_room.models import Place, Room, Visit
from alongside.services.consumption_room.queries.reading import MASK, OXYGEN
from alongside.services.consumption_room.rules.lines import Kind
from alongside.services.consumption_room.rules.protocol import Protocol
from alongside.sites.members import Member
from alongside.sites.models import Program, Site
from alongside.supplies.models import Item, Lot, StockMove

SEED = 20260102
DAYS = 14
DAILY = 5
PLACES = ("1", "2", "3", "4", "5", "6", "Armchair")
NALOXONE = "naloxone-nasal-4mg"
SHELF = {NALOXONE: 20, OXYGEN: 850, MASK: 30}
USED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("fentanyl",), "smoked"),
    (("fentanyl",), "injected"),
    (("fentanyl", "methamphetamine"), "smoked"),
    (("heroin",), "injected"),
    (("cocaine",), "injected"),
    (("methamphetamine",), "smoked"),
    (("declined",), "declined"),
)
SOURCE = "Made up for this demo. Nobody may be watched over by these minutes."


class DemoRoom:
    """Who works there, and chance that falls the same way every time."""

    def __init__(self, program: Program, staff: Sequence[User], people: Sequence[UUID]) -> None:
        self.program, self.people = program, people
        self.workers = [self._member(user, Role.WORKER) for user in staff[2:4]]
        self.coordinator = self._member(staff[1], Role.COORDINATOR)
        self.dice = Random(SEED)  # noqa: S311 - repeatable on purpose
        self.room = self._opened()

    def _member(self, user: User, role: Role) -> Member:
        return Member(user_id=user.pk, name=str(user), program=self.program, roles=frozenset({role}))

    def _opened(self) -> Room:
        site = Site.objects.create(program=self.program, name="Grove Street room", kind=Site.Kind.ROOM)
        room = room_at(site)
        for name in PLACES:
            add_place(room, name=name, hand=Hand(member=self.coordinator))
        protocol = Protocol(version=0, source=SOURCE, rows=proposed_protocol().rows)
        confirm_protocol(protocol, member=self.coordinator)
        self._deliver(site)
        return room

    def _deliver(self, site: Site) -> None:
        expires_on = clock.now().date() + timedelta(days=500)
        for key, quantity in SHELF.items():
            item = Item.objects.get(key=key)
            lot = Lot.objects.create(
                program=self.program, item=item, code=f"R-{item.pk}", expires_on=expires_on if item.doses else None
            )
            StockMove.objects.create(
                program=self.program,
                site=site,
                item=item,
                lot=lot,
                quantity=quantity,
                reason=StockMove.Reason.RECEIVED,
                at=clock.now(),
                by_id=self.coordinator.user_id,
            )

    def hand(self, at: datetime | None = None) -> Hand:
        return Hand(member=self.dice.choice(self.workers), at=at)

    def arrive(self, place: Place) -> Visit:
        person = self.dice.choice(self.people) if self.dice.random() < 0.6 else None
        return visits.arrive(self.room, place=place, participant_id=person, hand=self.hand())

    def use(self, visit: Visit) -> None:
        substances, route = self.dice.choice(USED)
        visits.use(visit, substances=substances, route=route, hand=self.hand())


def make_room(program: Program, staff: Sequence[User], people: Sequence[UUID], *, last_day: date) -> None:
    """Inside the program's scope."""
    first = last_day - timedelta(days=DAYS)
    with clock.set_to(_at(first, time(9), program)):
        room = DemoRoom(program, staff, people)
    places = list(Place.objects.filter(room=room.room))
    for back in range(DAYS, 0, -1):
        day = last_day - timedelta(days=back)
        for number in range(DAILY):
            began = _at(day, time(10 + 2 * number, room.dice.randrange(60)), program)
            _visit(room, places[number], began, has_emergency=back % 6 == 1 and number == 2)
    _who_is_here(room, places)


def _at(day: date, moment: time, program: Program) -> datetime:
    return datetime.combine(day, moment, tzinfo=ZoneInfo(program.timezone))


def _visit(room: DemoRoom, place: Place, began: datetime, *, has_emergency: bool) -> None:
    with clock.set_to(began):
        visit = room.arrive(place)
    with clock.set_to(began + timedelta(minutes=3)):
        room.use(visit)
    with clock.set_to(began + timedelta(minutes=6)):
        visits.look(visit, state="drowsy" if has_emergency else "awake", hand=room.hand())
    if has_emergency:
        _emergency(room, visit, began + timedelta(minutes=9))
    with clock.set_to(began + timedelta(minutes=room.dice.randint(25, 55))):
        visits.leave(visit, hand=room.hand())


def _emergency(room: DemoRoom, visit: Visit, began: datetime) -> None:
    with clock.set_to(began):
        emergency = emergencies.begin(visit, hand=room.hand())
    steps: tuple[tuple[int, Kind, dict[str, Any]], ...] = (
        (10, Kind.STIMULATION, {}),
        (35, Kind.OXYGEN_ON, {"litres_per_minute": 10, "mask": True}),
        (50, Kind.SATURATION, {"percent": 78}),
        (95, Kind.NALOXONE, {"item": NALOXONE, "doses": 1}),
        (120, Kind.TYPE, {"type": "opioid"}),
        (240, Kind.SATURATION, {"percent": 96}),
        (600, Kind.OUTCOME, {"outcome": "recovered"}),
    )
    for seconds, kind, value in steps:
        with clock.set_to(began + timedelta(seconds=seconds)):
            emergencies.step(visit, emergency, kind=kind, value=value, hand=room.hand())


def _who_is_here(room: DemoRoom, places: Sequence[Place]) -> None:
    moment = clock.now()
    for place, minutes in zip(places, (1, 12, 4), strict=False):
        with clock.set_to(moment - timedelta(minutes=minutes)):
            visit = room.arrive(place)
            if minutes != 4:
                room.use(visit)
        if minutes == 12:
            with clock.set_to(moment - timedelta(minutes=2)):
                visits.look(visit, state="awake", hand=room.hand())
