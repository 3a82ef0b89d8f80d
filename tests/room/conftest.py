"""A supervised room with three places, minutes of observation, a worker and a colleague."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions import emergencies, visits
from alongside.services.consumption_room.actions.book import Hand
from alongside.services.consumption_room.actions.setting_up import (
    add_place,
    confirm_protocol,
    proposed_protocol,
    room_at,
)
from alongside.services.consumption_room.models import Place, RecordLine, Room, Visit
from alongside.services.consumption_room.rules.lines import Kind
from alongside.services.consumption_room.rules.state import VisitState, visit_of
from alongside.sites.members import Member
from alongside.sites.models import Program, Site
from alongside.supplies.models import StockLevel, StockMove
from tests.programs import item_of, make_member, make_program, signed_in

NALOXONE = "naloxone-nasal-4mg"


@dataclass
class Here:
    """The room and verbs on it, as a colleague would say them."""

    program: Program
    room: Room
    worker: User
    colleague: User
    places: list[Place] = field(default_factory=list)

    def member(self, user: User | None = None) -> Member:
        user = user or self.worker
        return Member(user_id=user.pk, name=str(user), program=self.program, roles=frozenset({Role.COORDINATOR}))

    def hand(self, *, at: datetime | None = None, source: UUID | None = None, user: User | None = None) -> Hand:
        return Hand(member=self.member(user), source=source or uuid7(), at=at)

    def arrive(self, place: int | None = 0, *, participant_id: UUID | None = None, **hand: Any) -> Visit:
        chosen = None if place is None else self.places[place]
        return visits.arrive(self.room, place=chosen, participant_id=participant_id, hand=self.hand(**hand))

    def use(self, visit: Visit, *substances: str, route: str = "injected", **hand: Any) -> None:
        visits.use(visit, substances=substances or ("fentanyl",), route=route, hand=self.hand(**hand))

    def look(self, visit: Visit, state: str = "awake", **hand: Any) -> None:
        visits.look(visit, state=state, hand=self.hand(**hand))

    def leave(self, visit: Visit, **hand: Any) -> None:
        visits.leave(visit, hand=self.hand(**hand))

    def begin(self, visit: Visit, **hand: Any) -> UUID:
        return emergencies.begin(visit, hand=self.hand(**hand))

    def step(self, visit: Visit, emergency: UUID, kind: Kind, *, hand: Hand | None = None, **value: Any) -> None:
        emergencies.step(visit, emergency, kind=kind, value=value, hand=hand or self.hand())

    def correct(self, visit: Visit, kind: Kind, value: dict[str, Any] | None, **hand: Any) -> None:
        """The last line of that kind."""
        line = RecordLine.objects.filter(visit_id=visit.pk, kind=kind).order_by("-number")[0]
        emergencies.correct(visit, line.number, value=value, hand=self.hand(**hand))

    def state(self, visit: Visit) -> VisitState:
        found = visit_of(row.plain() for row in RecordLine.objects.filter(visit_id=visit.pk).order_by("number"))
        assert found
        return found

    def stock(self, key: str, quantity: int) -> None:
        item = item_of(self.program, key)
        lot, _ = item.lots.get_or_create(program=self.program, code="")
        StockMove.objects.create(
            program=self.program,
            site=self.room.site,
            item=item,
            lot=lot,
            quantity=quantity,
            reason=StockMove.Reason.OPENING,
            at=now(),
            by=self.worker,
        )

    def on_hand(self, key: str) -> int:
        levels = StockLevel.objects.filter(item__key=key, site=self.room.site)
        return sum(levels.values_list("quantity", flat=True))


def make_room(program: Program, worker: User, colleague: User) -> Here:
    """Inside the program's scope."""
    site = Site.objects.create(program=program, name="The room", kind=Site.Kind.ROOM)
    here = Here(program=program, room=room_at(site), worker=worker, colleague=colleague)
    for name in ("1", "2", "3"):
        add_place(here.room, name=name, hand=here.hand())
    here.places = list(Place.objects.filter(room=here.room))
    confirm_protocol(proposed_protocol(), member=here.member())
    return here


@pytest.fixture
def here(db: None) -> Iterator[Here]:
    program = make_program()
    with scope(program=program):
        yield make_room(program, make_member(program, Role.COORDINATOR), make_member(program))


@pytest.fixture
def desk(here: Here, client: Client) -> Client:
    """A browser without JavaScript, signed in as the worker."""
    return signed_in(client, here.worker)


def ago(**span: int) -> datetime:
    return now() - timedelta(**span)
