"""The room's pages without JavaScript: every verb by a plain form."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from alongside.jobs.specs import Work
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions.paper import as_pdf, sheet_file, write_sheets
from alongside.services.consumption_room.models import ConfirmedProtocol, RecordLine, Room, Visit
from alongside.services.consumption_room.rules.lines import Kind
from alongside.supplies.models import Lot
from tests.programs import item_of
from tests.room.conftest import NALOXONE, Here, ago

pytestmark = pytest.mark.django_db


def url(name: str, here: Here) -> str:
    return reverse(f"room:{name}", args=[here.room.site_id])


def board(here: Here, desk: Client) -> str:
    return desk.get(url("board", here)).content.decode()


def arrived(here: Here, desk: Client, **fields: object) -> Visit:
    said = {"place": str(here.places[0].pk), "substances": ["heroin"], "route": "smoked", "use": "now"} | fields
    answer = desk.post(url("arrive", here), said)
    assert answer.status_code == HTTPStatus.FOUND, answer.content.decode()
    found: Visit = Visit.objects.order_by("-arrived_at")[0]
    return found


def do(desk: Client, visit: Visit, what: str, **fields: object) -> str:
    answer = desk.post(reverse("room:do", args=[visit.pk]), {"do": what} | fields, follow=True)
    return answer.content.decode()


def step(desk: Client, visit: Visit, kind: str, **fields: object) -> tuple[int, str]:
    emergency = RecordLine.objects.get(visit_id=visit.pk, kind=Kind.EMERGENCY).emergency_id
    said = {"kind": kind, "emergency": str(emergency)} | fields
    answer = desk.post(reverse("room:step", args=[visit.pk]), said)
    return answer.status_code, answer.content.decode()


def test_from_the_door_to_the_door(here: Here, desk: Client) -> None:
    visit = arrived(here, desk)
    assert visit.handle in board(here, desk)
    do(desk, visit, "look", state="drowsy")
    assert "drowsy" in board(here, desk)
    assert "Emergency" in do(desk, visit, "emergency")
    here.stock(NALOXONE, 4)
    assert step(desk, visit, "naloxone", item=NALOXONE, doses="2")[0] == HTTPStatus.FOUND
    assert step(desk, visit, "oxygen_on", litres_per_minute="10", mask="on")[0] == HTTPStatus.FOUND
    assert step(desk, visit, "saturation", percent="88", doses="99")[0] == HTTPStatus.FOUND, "other buttons' numbers"
    assert "Write how it ended first" in do(desk, visit, "leave")
    status, page = step(desk, visit, "outcome")
    assert (status, "Say this first" in page) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    assert step(desk, visit, "outcome", outcome="recovered")[0] == HTTPStatus.FOUND
    assert f"{visit.handle} has left." in do(desk, visit, "leave")
    page = desk.get(url("record", here)).content.decode()
    assert "The chain holds for all" in page
    assert "2 doses, Naloxone nasal 4 mg" in page


def test_a_form_sent_twice_is_one_person_who_used_once(here: Here, desk: Client) -> None:
    form = str(uuid7())
    arrived(here, desk, source=form)
    arrived(here, desk, source=form)
    assert list(RecordLine.objects.filter(visit_id=Visit.objects.get().pk).values_list("kind", flat=True)) == [
        Kind.ARRIVED,
        Kind.USING,
    ]


def test_what_was_said_stays_when_something_is_missing(here: Here, desk: Client) -> None:
    answer = desk.post(url("arrive", here), {"use": "now", "substances": ["ketamine"], "place": ""})
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose how they use." in page
    assert re.search(r'value="ketamine"[^>]*checked', page)
    assert not Visit.objects.exists()


def test_a_line_is_put_right(here: Here, desk: Client) -> None:
    visit = arrived(here, desk)
    do(desk, visit, "emergency")
    step(desk, visit, "saturation", percent="48")
    line = RecordLine.objects.get(kind=Kind.SATURATION)
    address = reverse("room:correct", args=[line.pk])
    assert 'value="48"' in desk.get(address).content.decode()
    assert desk.post(address, {"percent": "84"}).status_code == HTTPStatus.FOUND
    assert here.state(visit).emergencies[0].saturation == 84
    assert "corrected this line already" in desk.post(address, {"percent": "85"}).content.decode()
    use = RecordLine.objects.get(kind=Kind.USING)
    desk.post(reverse("room:correct", args=[use.pk]), {"substances": ["cocaine"], "route": "snorted"})
    assert here.state(visit).substances == ["cocaine"]


def test_a_visit_from_paper_keeps_both_times(here: Here, desk: Client) -> None:
    said = {
        "day": ago(days=2).strftime("%Y-%m-%d"),
        "at": "12:00:10",
        "used": "12:03",
        "left": "12:33:10",
        "substances": ["fentanyl"],
        "route": "injected",
    }
    assert desk.post(url("from_paper", here), said).status_code == HTTPStatus.FOUND
    visit = Visit.objects.get()
    assert visit.left_at
    assert visit.left_at - visit.arrived_at == timedelta(minutes=33)
    line = RecordLine.objects.get(visit_id=visit.pk, kind=Kind.ARRIVED)
    assert line.entered_at - line.happened_at > timedelta(hours=20)


def test_the_board_says_nothing_new_without_a_change(here: Here, desk: Client) -> None:
    first = desk.get(url("state", here))
    stamp = first["X-Room-Stamp"]
    again = desk.get(url("state", here), {"have": stamp})
    assert (first.status_code, again.status_code, again.content) == (200, 204, b"")
    assert abs(int(again["X-Room-Now"]) - now().timestamp() * 1000) < 2_000
    here.arrive()
    assert desk.get(url("state", here), {"have": stamp}).status_code == HTTPStatus.OK


def test_asking_again_and_again_is_cheap(
    here: Here, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stamp = desk.get(url("state", here))["X-Room-Stamp"]
    with django_assert_max_num_queries(9):
        desk.get(url("state", here), {"have": stamp})


def test_the_board_stays_up_when_the_computer_locks(here: Here, desk: Client) -> None:
    visit = arrived(here, desk)
    session = desk.session
    session["seen"] = int(ago(hours=2).timestamp())
    session.save()
    assert desk.get(url("record", here)).status_code == HTTPStatus.FOUND
    assert visit.handle in board(here, desk)
    do(desk, visit, "emergency")
    assert Visit.objects.get().open_emergencies == 1


def test_the_program_confirms_its_own_minutes(here: Here, desk: Client) -> None:
    page = desk.get(reverse("room:minutes")).content.decode()
    numbers = dict.fromkeys(re.findall(r'name="([a-z]+\.[a-z]+\.[a-z]+)"', page), "7")
    answer = desk.post(reverse("room:minutes"), numbers)
    assert "Write where these minutes are from" in answer.content.decode()
    said = numbers | {"source": "Agreed with the peers", "is_ours": "on"}
    assert desk.post(reverse("room:minutes"), said).status_code == HTTPStatus.FOUND
    newest = ConfirmedProtocol.objects.order_by("-version")[0]
    assert newest.source == "Agreed with the peers"
    assert {row["first"] for row in newest.rows} == {7}


def test_places_come_and_go(here: Here, desk: Client) -> None:
    assert desk.post(url("set_up", here), {"form": "place", "name": "Armchair"}).status_code == HTTPStatus.FOUND
    assert (
        "Another place has this name"
        in desk.post(url("set_up", here), {"form": "place", "name": "Armchair"}).content.decode()
    )
    desk.post(reverse("room:place", args=[here.places[0].pk]), {"close": "yes"})
    assert "Armchair" in board(here, desk)
    assert len(re.findall(r'class="seat free"', board(here, desk))) == 3
    desk.post(url("set_up", here), {"form": "paper", "paper_minutes": "0"})
    assert Room.objects.get().paper_minutes == 0


def test_what_runs_out_or_expires_is_said_on_the_board(here: Here, desk: Client) -> None:
    item = item_of(here.program, NALOXONE)
    Lot.objects.filter(item=item).update(expires_on=now().date() + timedelta(days=9))
    here.stock(NALOXONE, 3)
    page = board(here, desk)
    assert re.search(r'pill low">Naloxone nasal 4 mg[^<]*: 3, expires', page)
    assert re.search(r'pill low">Oxygen, litres: 0', page)


def test_paper_says_what_the_board_says_in_clock_times(here: Here, desk: Client) -> None:
    visit = arrived(here, desk)
    page = desk.get(url("paper", here)).content.decode()
    assert visit.handle in page
    assert f"{Room.objects.get().last_number}, " in page
    assert as_pdf(here.room).startswith(b"%PDF")


def test_a_sheet_lies_ready_while_somebody_is_there(here: Here, desk: Client) -> None:
    work = Work(job_id=uuid7(), payload={}, attempt=1, report_progress=lambda done, total: None)
    visit = arrived(here, desk)
    write_sheets(work)
    file = sheet_file(here.room)
    assert file.read_bytes().startswith(b"%PDF")
    assert file.stat().st_mode & 0o077 == 0
    do(desk, visit, "leave")
    write_sheets(work)
    assert not file.exists()
