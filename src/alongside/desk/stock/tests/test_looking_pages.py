"""Who may open the stock pages, and what they show."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.desk.stock.tests.asking import delivery, level, page, received
from alongside.kernel.clock import now, today
from alongside.supplies.handing_out import Wanted, hand_out
from alongside.supplies.models import Lot, StockMove
from tests.programs import item_of, make_member, make_program, signed_in, site_of

pytestmark = pytest.mark.django_db

READING = ("stock", "stock_order", "stock_expiring", "stock_recall", "stock_catalogue")
MOVING = ("stock_receive", "stock_transfer", "stock_count")
MANAGING = ("stock_item_add", "stock_bag_add")


@pytest.mark.parametrize("name", READING + MOVING + MANAGING)
def test_every_page_opens_on_an_empty_program(desk, name):
    assert desk.get(page(name)).status_code == 200


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        (Role.WORKER, MANAGING),
        (Role.PLANNER, MOVING + MANAGING),
        (Role.TECHNICIAN, MOVING + MANAGING),
        (Role.RESPONDER, READING + MOVING + MANAGING),
    ],
)
def test_who_may_open_what(client, program, role, closed):
    signed_in(client, make_member(program, role))
    found = {name for name in READING + MOVING + MANAGING if client.get(page(name)).status_code == 403}
    assert found == set(closed)


def test_who_is_not_signed_in_is_asked_to(client):
    assert client.get(page("stock")).status_code == 302


def test_a_worker_is_not_shown_what_only_coordinators_do(client, program):
    signed_in(client, make_member(program, Role.WORKER))
    text = client.get(page("stock_catalogue")).text
    assert page("stock_item_add") not in text
    assert "Cooker" in text


def test_a_delivery_of_several_lines_is_on_the_shelf(desk, program):
    water, naloxone = item_of(program, "water"), item_of(program, "naloxone-nasal-4mg")
    sent = delivery(
        program,
        (water.pk, 500),
        (naloxone.pk, 48, "nx 12", "2031-05"),
        (naloxone.pk, 12, "NX13", "2031-06-15"),
        note="DHCS",
    )
    response = desk.post(page("stock_receive"), sent, follow=True)
    assert "3 lines are in the books." in response.text
    assert "500" in response.text
    with scope(program=program):
        dates = dict(Lot.objects.filter(item=naloxone).exclude(code="").values_list("code", "expires_on"))
        assert {code: str(day) for code, day in dates.items()} == {"NX 12": "2031-05-31", "NX13": "2031-06-15"}
        assert set(StockMove.objects.values_list("note", flat=True)) == {"DHCS"}
    desk.post(page("stock_receive"), sent)
    assert level(program, "water") == 500, "the same form again is the same delivery"


def test_the_item_page_tells_its_story(desk, program):
    received(desk, program, "naloxone-vial", 100, "A1", "2031-05")
    text = desk.get(page("stock_item", item_of(program, "naloxone-vial").pk)).text
    for words in ("Naloxone vial", "A1", "+100", "Received", "Front desk"):
        assert words in text


def test_a_kit_shows_its_parts_and_no_stock(desk, program):
    text = desk.get(page("stock_item", item_of(program, "kit-needle").pk)).text
    assert "What one kit holds" in text
    assert "Where it is" not in text


def test_the_shelf_shows_one_site_or_all(desk, program):
    received(desk, program, "water", 1111)
    received(desk, program, "water", 2222, site="Van")
    assert "1,111" in desk.get(page("stock")).text
    assert "2,222" in desk.get(f"{page('stock')}?site={site_of(program, 'Van').pk}").text
    assert "3,333" in desk.get(f"{page('stock')}?site=all").text
    for odd in ("999999", "x", "-1", "1" * 30, str(site_of(make_program("Elsewhere")).pk)):
        assert "1,111" in desk.get(f"{page('stock')}?site={odd}").text


def test_expiring_lots_are_listed_and_old_naloxone_is_not_thrown_away(desk, program):
    this_day = today(program.timezone)
    received(desk, program, "naloxone-nasal-4mg", 7, "OLD", (this_day - timedelta(days=3)).isoformat())
    received(desk, program, "water", 8, "NEXT", (this_day + timedelta(days=80)).isoformat())
    text = desk.get(page("stock_expiring")).text
    assert "OLD" in text
    assert "far better than none" in text
    assert "NEXT" not in text
    assert "NEXT" in desk.get(f"{page('stock_expiring')}?days=90").text
    assert desk.get(f"{page('stock_expiring')}?days=999999999999&site=x").status_code == 200


def test_a_recall_names_sites_and_days_and_nobody(desk, program):
    received(desk, program, "naloxone-vial", 100, "N7", "2031-05")
    worker = make_member(program, name="Robin Vega")
    with scope(program=program):
        item = item_of(program, "naloxone-vial")
        wanted = Wanted(source=uuid4(), site_id=site_of(program).pk, item_id=item.pk, quantity=6, by_id=worker.pk)
        hand_out([wanted], program_id=program.pk, at=now(), today=today(program.timezone))
    text = desk.get(f"{page('stock_recall')}?lot=n7").text
    assert "94" in text
    assert "Front desk" in text
    assert "It left on 1 day" in text
    assert "Robin" not in text
    assert "No lot" in desk.get(f"{page('stock_recall')}?lot=%3Cscript%3E").text
    assert desk.get(f"{page('stock_recall')}?lot={'x' * 5000}").status_code == 200


@pytest.mark.parametrize("name", READING)
def test_pages_ask_few_questions_however_much_is_in_stock(desk, program, name, django_assert_max_num_queries):
    for key in ("water", "cooker", "condom", "lube", "foil", "naloxone-vial"):
        received(desk, program, key, 50, f"L-{key}", "2031-05")
    with django_assert_max_num_queries(15):
        desk.get(f"{page(name)}?lot=L-water")


def test_pages_speak_spanish_names(desk, program):
    received(desk, program, "water", 50)
    assert "Agua estéril" in desk.get(page("stock"), headers={"accept-language": "es"}).text
