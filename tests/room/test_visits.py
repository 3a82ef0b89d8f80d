"""Arriving, being looked after and leaving; emergencies; and what follows from them elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from alongside.encounters.models import Encounter, Entry
from alongside.kernel.clock import now, set_to
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.participants.models import Participant
from alongside.services.consumption_room.actions import emergencies, visits
from alongside.services.consumption_room.actions.setting_up import switch_place
from alongside.services.consumption_room.models import (
    EmergencyCounted,
    RecordLine,
    Visit,
    VisitCounted,
)
from alongside.services.consumption_room.queries.reading import MASK, OXYGEN, lines_of
from alongside.services.consumption_room.rules.lines import Kind
from alongside.services.consumption_room.rules.state import visit_of
from alongside.supplies.models import StockMove
from tests.room.conftest import NALOXONE, Here, ago

pytestmark = pytest.mark.django_db


def test_a_visit_from_the_door_to_the_ledger(here: Here) -> None:
    visit = here.arrive(at=ago(minutes=40))
    here.use(visit, "fentanyl", "cocaine", at=ago(minutes=38))
    assert abs(visit_row(visit).next_look_at - ago(minutes=36)) < timedelta(seconds=2)
    here.look(visit, at=ago(minutes=30))
    here.look(visit)
    assert visit_row(visit).next_look_at is None
    here.leave(visit)
    contact = Encounter.objects.get()
    assert (contact.pk, contact.door, contact.site_id, contact.people) == (visit.pk, "room", here.room.site_id, 1)
    assert Entry.objects.get().payload == {
        "uses": 1,
        "substances": ["fentanyl", "cocaine"],
        "route": "injected",
        "minutes": 40,
        "emergencies": [],
    }
    counted = VisitCounted.objects.get()
    assert (counted.uses, counted.substances, counted.route) == (1, "fentanyl,cocaine", "injected")


def visit_row(visit: Visit) -> Visit:
    found: Visit = Visit.objects.get(pk=visit.pk)
    return found


def test_a_code_is_linked_only_while_they_are_here_and_then_by_the_contact(here: Here) -> None:
    person = Participant.objects.create(program=here.program, made_on=now().date())
    visit = here.arrive(participant_id=person.pk)
    assert visit_row(visit).participant_id == person.pk
    here.leave(visit)
    assert visit_row(visit).participant_id is None
    assert Encounter.objects.get().participant_id == person.pk
    assert str(person.pk) not in str(list(RecordLine.objects.values()))


def test_nobody_is_watched_by_minutes_that_nobody_stands_for(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "current_protocol", lambda: None)
    with pytest.raises(Refusal, match="minutes of observation"):
        here.arrive()
    assert not Visit.objects.exists()


def test_a_place_is_for_one(here: Here) -> None:
    visit = here.arrive(0)
    with pytest.raises(Refusal, match="at “1” already"):
        here.arrive(0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(
            id=uuid7(), program=here.program, room=here.room, place=here.places[0], handle="x", arrived_at=now()
        )
    with pytest.raises(Refusal, match="Move them first"):
        switch_place(here.places[0], is_active=False, hand=here.hand())
    visits.move(visit, place=here.places[1], hand=here.hand())
    here.arrive(0)
    assert [each.visit_place for each in places_now()] == ["2", "1"]


def places_now() -> list[Visit]:
    found = list(Visit.objects.filter(left_at=None).order_by("arrived_at"))
    for each in found:
        each.visit_place = each.place.name  # type: ignore[attr-defined, union-attr]
    return found


def test_a_form_sent_twice_is_written_once(here: Here) -> None:
    form = uuid7()
    first, again = here.arrive(source=form), here.arrive(source=form)
    assert first.pk == again.pk
    look = uuid7()
    here.look(first, source=look)
    here.look(first, source=look)
    assert RecordLine.objects.filter(visit_id=first.pk).count() == 2


def test_an_emergency_to_the_second_and_what_it_takes_off_the_shelf(here: Here) -> None:
    here.stock(NALOXONE, 5)
    visit = here.arrive(at=ago(minutes=30))
    here.use(visit, at=ago(minutes=25))
    emergency = here.begin(visit, at=ago(minutes=20))
    assert here.begin(visit) == emergency, "two people saw the same"
    assert visit_row(visit).next_look_at is None, "somebody is there"
    for minutes in (19, 17, 15):
        here.step(visit, emergency, Kind.NALOXONE, hand=here.hand(at=ago(minutes=minutes)), item=NALOXONE, doses=1)
    assert here.on_hand(NALOXONE) == 3, "three doses are a box and one that was opened"
    on, off = here.hand(at=ago(minutes=18)), here.hand(at=ago(minutes=10))
    here.step(visit, emergency, Kind.OXYGEN_ON, hand=on, litres_per_minute=10, mask=True)
    assert (here.on_hand(OXYGEN), here.on_hand(MASK)) == (0, -1)
    here.step(visit, emergency, Kind.OXYGEN_OFF, hand=off)
    assert here.on_hand(OXYGEN) in {-80, -81}
    assert StockMove.objects.filter(is_shortfall=True).count() == 2, "the books say what they lacked"


def test_a_visit_does_not_end_over_an_open_emergency(here: Here) -> None:
    visit = here.arrive(at=ago(minutes=9))
    emergency = here.begin(visit, at=ago(minutes=8))
    with pytest.raises(Refusal, match="Write how it ended first"):
        here.leave(visit)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(left_at=now())
    here.step(visit, emergency, Kind.OXYGEN_ON, hand=here.hand(at=ago(minutes=7)), litres_per_minute=4, mask=False)
    here.step(visit, emergency, Kind.OUTCOME, outcome="recovered")
    assert here.state(visit).emergencies[0].oxygen_on is None, "what still ran ends with it"
    assert visit_row(visit).next_look_at is not None, "watched again from the end of the emergency"
    here.leave(visit)
    counted = EmergencyCounted.objects.get()
    assert (counted.response, counted.naloxone_doses, counted.ambulance) == ("oxygen", 0, "none")


def test_a_correction_is_a_new_line_and_puts_stock_and_figures_right(here: Here) -> None:
    here.stock(NALOXONE, 10)
    visit = here.arrive(at=ago(minutes=30))
    emergency = here.begin(visit, at=ago(minutes=20))
    here.step(visit, emergency, Kind.NALOXONE, hand=here.hand(at=ago(minutes=19)), item=NALOXONE, doses=6)
    here.step(visit, emergency, Kind.AMBULANCE, hand=here.hand(at=ago(minutes=18)), state="called")
    here.step(visit, emergency, Kind.OUTCOME, hand=here.hand(at=ago(minutes=5)), outcome="recovered")
    here.leave(visit)
    before = list(RecordLine.objects.order_by("number").values())
    here.correct(visit, Kind.NALOXONE, {"item": NALOXONE, "doses": 1}, at=ago(minutes=17))
    here.correct(visit, Kind.AMBULANCE, None)
    after = list(RecordLine.objects.order_by("number").values())
    assert after[: len(before)] == before
    assert here.on_hand(NALOXONE) == 9
    counted = EmergencyCounted.objects.get()
    assert (counted.naloxone_doses, counted.ambulance, counted.response) == (1, "none", "naloxone")
    assert Encounter.objects.filter(state=Encounter.State.LIVE).count() == 1
    first = RecordLine.objects.filter(kind=Kind.NALOXONE).order_by("number")[0]
    with pytest.raises(Refusal, match="corrected this line already"):
        emergencies.correct(visit, first.number, value=None, hand=here.hand())


def test_nothing_impossible_is_left_by_a_correction(here: Here) -> None:
    visit = here.arrive(at=ago(minutes=30))
    emergency = here.begin(visit, at=ago(minutes=20))
    here.step(visit, emergency, Kind.OUTCOME, hand=here.hand(at=ago(minutes=10)), outcome="hospital")
    here.leave(visit, at=ago(minutes=9))
    lines = RecordLine.objects.count()
    for kind, value, at in (
        (Kind.OUTCOME, None, None),
        (Kind.ARRIVED, None, None),
        (Kind.EMERGENCY, None, None),
        (Kind.OUTCOME, {"outcome": "died"}, ago(minutes=1)),
        (Kind.LEFT, {}, ago(minutes=15)),
        (Kind.ARRIVED, {"handle": "x", "place": ""}, ago(minutes=19)),
    ):
        with pytest.raises(Refusal):
            here.correct(visit, kind, value, at=at)
    assert RecordLine.objects.count() == lines, "nothing of a refused correction stays"


def test_an_arrival_by_mistake_is_taken_back_and_counts_nowhere(here: Here) -> None:
    visit = here.arrive()
    here.correct(visit, Kind.ARRIVED, None)
    assert visit_row(visit).left_at
    assert not Encounter.objects.exists()
    here.arrive(0)


def test_times_that_can_not_be_are_refused(here: Here) -> None:
    with pytest.raises(Refusal, match="not come yet"):
        here.arrive(at=now() + timedelta(minutes=1))
    visit = here.arrive(at=ago(minutes=5))
    with pytest.raises(Refusal, match="before the person arrived"):
        here.look(visit, at=ago(minutes=6))
    emergency = here.begin(visit, at=ago(minutes=4))
    with pytest.raises(Refusal, match="before the emergency"):
        here.step(visit, emergency, Kind.BREATHS, hand=here.hand(at=ago(minutes=5)))


def test_a_false_alarm_is_in_the_record_and_not_in_the_figures(here: Here) -> None:
    visit = here.arrive()
    emergency = here.begin(visit)
    here.step(visit, emergency, Kind.OUTCOME, outcome="false_alarm")
    here.leave(visit)
    assert not EmergencyCounted.objects.exists()
    assert VisitCounted.objects.count() == 1


def test_event_time_and_entry_time_stay_apart(here: Here) -> None:
    visit = here.arrive(at=ago(hours=3))
    line = RecordLine.objects.get(visit_id=visit.pk)
    assert line.entered_at - line.happened_at == pytest.approx(timedelta(hours=3), abs=timedelta(seconds=2))


def test_naloxone_off_the_shelf_is_what_the_record_says_whatever_happens(here: Here) -> None:
    """Stock agrees with events: over a day of doses, corrections and withdrawals."""
    here.stock(NALOXONE, 100)
    with set_to(now() - timedelta(hours=2)):
        visit = here.arrive()
        emergency = here.begin(visit)
    for doses in (1, 2, 3, 1, 1):
        here.step(visit, emergency, Kind.NALOXONE, item=NALOXONE, doses=doses)
        here.correct(visit, Kind.NALOXONE, {"item": NALOXONE, "doses": doses + 1})
        assert here.on_hand(NALOXONE) == 100 - boxes(here, visit)
    here.correct(visit, Kind.NALOXONE, None)
    assert here.on_hand(NALOXONE) == 100 - boxes(here, visit)
    out = StockMove.objects.filter(source=emergency).aggregate(units=Sum("quantity"))["units"]
    assert -out == boxes(here, visit)


def boxes(here: Here, visit: Visit) -> int:
    doses = sum(here.state(visit).emergencies[0].doses.values())
    return (doses + 1) // 2


def test_the_board_is_what_the_lines_say(here: Here) -> None:
    """The rows of the board can be worked out anew from the record alone."""
    first, second = here.arrive(0), here.arrive(None)
    here.use(first)
    here.begin(second)
    for visit in Visit.objects.all():
        state = visit_of(lines_of([visit.pk]))
        assert state
        assert (visit.arrived_at, visit.left_at) == (state.arrived_at, state.left_at)
        assert (visit.place.name if visit.place else "") == state.place
        assert visit.open_emergencies == sum(each.is_open for each in state.emergencies)
