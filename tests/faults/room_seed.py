"""Runs in a process of its own, in the home of a server: fills a room, or says what its record holds.

python -m tests.faults.room_seed fill -> {"site": …, "visits": […]}
python -m tests.faults.room_seed look -> {"sources": […], "broken_at": …, "is_one": …}
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django_scopes import scope

from alongside.config.starting import start_django

PLACES = 8


def fill() -> dict[str, Any]:
    """Eight people, all of whom use; one needs help."""
    from alongside.accounts.models import User
    from alongside.accounts.roles import Role
    from alongside.services.consumption_room.actions import emergencies, visits
    from alongside.services.consumption_room.actions.book import Hand
    from alongside.services.consumption_room.actions.setting_up import (
        add_place,
        confirm_protocol,
        proposed_protocol,
        room_at,
    )
    from alongside.services.consumption_room.models import Place
    from alongside.sites.members import Member
    from alongside.sites.models import Program, Site

    program = Program.objects.get()
    rosa = Member(user_id=User.objects.get().pk, name="Rosa", program=program, roles=frozenset({Role.COORDINATOR}))
    hand = Hand(member=rosa)
    with scope(program=program):
        site = Site.objects.create(program=program, name="Room", kind=Site.Kind.ROOM)
        room = room_at(site)
        for number in range(PLACES):
            add_place(room, name=str(number + 1), hand=hand)
        confirm_protocol(proposed_protocol(), member=rosa)
        found = []
        for place in Place.objects.filter(room=room):
            visit = visits.arrive(room, place=place, participant_id=None, hand=hand)
            visits.use(visit, substances=["fentanyl"], route="smoked", hand=hand)
            found.append(visit)
        emergencies.begin(found[-1], hand=hand)
    return {"site": site.pk, "visits": [str(visit.pk) for visit in found]}


def look() -> dict[str, Any]:
    """`is_one`: the board's rows are what the record adds up to."""
    from alongside.services.consumption_room.models import RecordLine, Room, Visit
    from alongside.services.consumption_room.queries.reading import check_chain, current_protocol, state_of
    from alongside.sites.models import Program

    with scope(program=Program.objects.get()):
        states = [(visit, state_of(visit)) for visit in Visit.objects.all()]
        protocol = current_protocol()
        is_one = all(
            state and visit.next_look_at == state.next_look(protocol) and visit.left_at == state.left_at
            for visit, state in states
        )
        sources = RecordLine.objects.exclude(source=None).values_list("source", flat=True)
        return {
            "sources": [str(source) for source in sources],
            "broken_at": check_chain(Room.objects.select_related("site").get()).broken_at,
            "is_one": is_one,
        }


if __name__ == "__main__":
    start_django()
    sys.stdout.write(json.dumps({"fill": fill, "look": look}[sys.argv[1]]()))
