"""The drop-in queue: arrived, stepped out, back, with a worker, left; and two people at two desks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from alongside.desk.models import Ticket
from alongside.desk.queueing.actions import arrive, move
from alongside.desk.queueing.rules import NEXT
from alongside.kernel import clock
from alongside.kernel.errors import Refusal
from alongside.sites.models import Site
from tests.ledger.writers import at_once, shared
from tests.pages import read
from tests.places import Place
from tests.programs import make_member, make_program, signed_in, site_of

__all__ = ["shared"]

QUEUE = "/queue/"


def tickets_on(client: Client) -> list[str]:
    page = read(client.get(QUEUE).content)
    return [node.text for node in page.all("li") if "ticket" in node.attributes.get("class", "").split()]


def press(client: Client, ticket: Ticket, to: str) -> int:
    return int(client.post(reverse("desk:queue_change", args=[ticket.pk]), {"to": to}).status_code)


@pytest.mark.django_db
def test_a_ticket_goes_its_way(place: Place, desk: Client) -> None:
    for _person in range(2):
        assert desk.post("/queue/join/", {"wants": "Nurse"}).status_code == 302
    first, second = Ticket.objects.all()
    assert [first.number, second.number] == [1, 2]
    assert [text.partition(" since")[0] for text in tickets_on(desk)] == [
        "Ticket 1 Waiting Nurse",
        "Ticket 2 Waiting Nurse",
    ]
    for to in ("away", "waiting", "with", "left"):
        assert press(desk, first, to) == 302
        first.refresh_from_db()
        assert first.state == to
    page = read(desk.get(QUEUE).content).text
    assert "1 seen or left today" in page
    press(desk, first, "waiting")
    first.refresh_from_db()
    assert first.state == "waiting", "somebody who left by mistake comes back"


@pytest.mark.django_db
@pytest.mark.parametrize("state", Ticket.State.values)
def test_a_step_that_is_not_the_next_is_refused_with_a_sentence(place: Place, desk: Client, state: str) -> None:
    desk.post("/queue/join/")
    Ticket.objects.update(state=state)
    for to in [*Ticket.State.values, "", "gone", "<script>"]:
        if to in NEXT[state]:
            continue
        press(desk, Ticket.objects.get(), to)
        assert Ticket.objects.get().state == state
        assert "Somebody already changed this ticket" in read(desk.get(QUEUE).content).text


@pytest.mark.django_db
def test_what_somebody_is_here_for_is_short_text_and_stays_text(place: Place, desk: Client) -> None:
    desk.post("/queue/join/", {"wants": "<script>alert(1)</script>" + "x" * 2**20})
    assert len(Ticket.objects.get().wants) == 60
    assert "<script>alert" not in desk.get(QUEUE).content.decode()
    desk.post("/queue/join/", {"wants": "a\x00b"})
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
def test_each_day_and_each_site_counts_from_one(place: Place, desk: Client) -> None:
    van = site_of(place.program, "Van")
    with clock.set_to(datetime(2026, 4, 1, 3, 30, tzinfo=UTC)):
        assert arrive(place.site, program=place.program).day.isoformat() == "2026-03-31", "the program's own day"
    with clock.set_to(datetime(2026, 4, 1, 4, 30, tzinfo=UTC)):
        numbers = [arrive(site, program=place.program).number for site in (place.site, van, place.site)]
    assert numbers == [1, 1, 2]


@pytest.mark.django_db
def test_the_board_alone_is_sent_to_a_page_that_refreshes_it(place: Place, desk: Client) -> None:
    desk.post("/queue/join/")
    board = desk.get(QUEUE, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in board
    assert 'class="ticket waiting"' in board


@pytest.mark.django_db
def test_another_programs_ticket_is_nowhere(place: Place, desk: Client) -> None:
    desk.post("/queue/join/")
    ticket = Ticket.objects.get()
    stranger = signed_in(Client(), make_member(make_program("Elsewhere")))
    assert press(stranger, ticket, "left") == 404
    assert tickets_on(stranger) == []
    assert Ticket.objects.get().state == "waiting"


@pytest.mark.django_db
def test_a_program_without_a_site_is_told_to_add_one(place: Place, desk: Client) -> None:
    Site.objects.update(is_active=False)
    assert desk.post("/queue/join/", follow=True).status_code == 200
    assert not Ticket.objects.exists()


@pytest.mark.usefixtures("shared")
def test_people_who_arrive_at_several_desks_at_once_get_a_number_each() -> None:
    program = make_program()
    site = site_of(program)

    def come() -> int:
        with scope(program=program):
            return arrive(site, program=program).number

    numbers = [number for _round in range(3) for number in at_once([come] * 6)]
    assert sorted(numbers) == list(range(1, 19))


@pytest.mark.usefixtures("shared")
def test_two_workers_call_the_same_person_and_one_is_told() -> None:
    program = make_program()
    with scope(program=program):
        ticket = arrive(site_of(program), program=program)

    def call() -> str:
        with scope(program=program):
            try:
                move(ticket, to="with")
            except Refusal as refusal:
                return str(refusal)
            return "called"

    answers = Counter(at_once([call] * 6))
    assert answers["called"] == 1
    assert answers["Somebody already changed this ticket. Look at the queue again."] == 5
