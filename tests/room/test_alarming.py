"""A look that nobody makes is told about, whatever any browser shows."""

from __future__ import annotations

import pytest

from alongside.alarms.models import Alarm, Incident
from alongside.alarms.runner import fire_due
from alongside.jobs import database_clock
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.models import Dispatch
from alongside.services.consumption_room.models import Visit
from alongside.services.consumption_room.rules.lines import Kind
from tests.alarms.watching import webhook
from tests.room.conftest import Here

pytestmark = pytest.mark.django_db


def fire_at(moment_ms: int) -> int:
    with database_clock.set_to(moment_ms):
        return fire_due(DjangoStore())


@pytest.fixture
def watched(here: Here) -> Visit:
    webhook(here.program, "http://127.0.0.1:9/in")
    visit = here.arrive()
    here.use(visit)
    return visit


def waiting() -> list[Alarm]:
    return list(Alarm.objects.filter(state=Alarm.State.WAITING))


def test_an_overdue_look_is_told_and_a_look_ends_it(here: Here, watched: Visit) -> None:
    [alarm] = waiting()
    assert fire_at(alarm.due_ms - 1) == 0
    assert fire_at(alarm.due_ms) == 1
    words = Dispatch.objects.get().words
    assert "The room, 1: a look is overdue." in words
    assert watched.handle not in words
    here.look(watched)
    assert Incident.objects.get().outcome == Incident.Outcome.OK
    [fresh] = waiting()
    assert fresh.subject != alarm.subject
    assert fire_at(alarm.due_ms + 100_000) == 0, "nobody is told any more about the look that was made"


def test_looks_in_time_are_told_to_nobody(here: Here, watched: Visit) -> None:
    due_ms = waiting()[0].due_ms
    here.look(watched)
    assert fire_at(due_ms) == 0
    assert len(waiting()) == 1
    emergency = here.begin(watched)
    assert waiting() == [], "somebody is there"
    here.step(watched, emergency, Kind.OUTCOME, outcome="recovered")
    assert len(waiting()) == 1
    here.leave(watched)
    assert waiting() == []
    assert not Incident.objects.exists()


def test_an_emergency_that_was_found_late_ends_the_incident_as_one(here: Here, watched: Visit) -> None:
    fire_at(waiting()[0].due_ms)
    here.begin(watched)
    assert Incident.objects.get().outcome == Incident.Outcome.OTHER


def test_where_nobody_is_set_up_the_board_says_so(here: Here) -> None:
    visit = here.arrive()
    here.use(visit)
    assert not Alarm.objects.exists()
