"""Nothing falls between two shifts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from alongside.encounters.shifts import end_shift
from alongside.kernel.errors import Refusal
from alongside.services.consumption_room.actions import handing_over
from alongside.services.consumption_room.queries.reading import people_in, standing_offer
from alongside.services.consumption_room.rules.lines import Kind
from alongside.sites.models import Shift
from alongside.sites.shifts import start_shift
from tests.room.conftest import Here

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(here: Here) -> Shift:
    return start_shift(here.room.site, workers=[here.worker.pk], note="", program=here.program, by_id=here.worker.pk)


def end(here: Here, shift: Shift) -> None:
    end_shift(shift, program=here.program, by_id=here.worker.pk)


def take(here: Here, *, mark: str | None = None) -> None:
    mark = handing_over.mark_of(people_in(here.room)) if mark is None else mark
    handing_over.take_over(here.room, mark=mark, hand=here.hand(user=here.colleague))


def test_a_shift_ends_only_when_nobody_is_there(here: Here, shift: Shift) -> None:
    visit = here.arrive()
    with pytest.raises(Refusal, match="Hand the room over"):
        end(here, shift)
    emergency = here.begin(visit)
    with pytest.raises(Refusal, match="emergency is open"):
        end(here, shift)
    here.step(visit, emergency, Kind.OUTCOME, outcome="recovered")
    here.leave(visit)
    end(here, shift)
    assert Shift.objects.get(pk=shift.pk).ended_at


def test_the_page_of_shifts_says_why(here: Here, shift: Shift, desk: Client) -> None:
    here.arrive()
    page = desk.post(reverse("desk:shift_end", args=[shift.pk]), follow=True)
    assert "There are people in the room." in page.content.decode()
    assert Shift.objects.get(pk=shift.pk).ended_at is None


def test_a_colleague_takes_over_and_both_say_so(here: Here, shift: Shift) -> None:
    visit = here.arrive()
    here.begin(visit)
    with pytest.raises(Refusal, match="Nobody offers"):
        take(here)
    handing_over.offer(here.room, hand=here.hand())
    mark = handing_over.mark_of(people_in(here.room))
    with pytest.raises(Refusal, match="Somebody else has to"):
        handing_over.take_over(here.room, mark=mark, hand=here.hand())
    take(here)
    fresh = Shift.objects.get(ended_at=None)
    assert list(fresh.workers.all()) == [here.colleague]
    assert Shift.objects.get(pk=shift.pk).ended_at
    assert standing_offer(here.room) is None


def test_a_room_that_changed_meanwhile_is_looked_at_again(here: Here, shift: Shift) -> None:
    visit = here.arrive()
    handing_over.offer(here.room, hand=here.hand())
    seen = handing_over.mark_of(people_in(here.room))
    here.begin(visit)
    with pytest.raises(Refusal, match="has changed"):
        take(here, mark=seen)
    assert Shift.objects.get(ended_at=None) == shift
    take(here)


def test_an_offer_can_be_kept_back(here: Here, shift: Shift) -> None:
    handing_over.offer(here.room, hand=here.hand())
    handing_over.keep(here.room, hand=here.hand())
    with pytest.raises(Refusal, match="Nobody offers"):
        take(here)
