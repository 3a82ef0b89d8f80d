"""Receiving, moving, counting and putting right: what is taken, and the sentences for what can't be."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django_scopes import scope

from alongside.desk.stock.tests.asking import delivery, level, lines, page, place, received, said
from alongside.kernel.clock import today
from alongside.supplies.models import Lot, StockMove
from tests.programs import item_of, make_program, site_of

pytestmark = pytest.mark.django_db


def test_a_delivery_of_last_week_is_kept_with_its_day(desk, program):
    day = today(program.timezone) - timedelta(days=7)
    desk.post(page("stock_receive"), delivery(program, (item_of(program, "water").pk, 5), day=day.isoformat()))
    with scope(program=program):
        assert StockMove.objects.get().at.date() == day


def test_opening_stock_is_marked(desk, program):
    desk.post(page("stock_receive"), delivery(program, (item_of(program, "water").pk, 5), is_opening="on"))
    with scope(program=program):
        assert StockMove.objects.get().reason == "opening"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("WATER", "-5"), "Write 1 or more."),
        (("WATER", "0"), "Write 1 or more."),
        (("WATER", "1000001"), "Write 1000000 or less."),
        (("WATER", "9" * 6000), "Write a whole number"),
        (("WATER", "ten"), "Write a whole number"),
        (("WATER", ""), "Write how many."),
        (("", "5"), "Choose an item."),
        (("999999", "5"), "This item is not in the catalogue."),
        (("KIT", "5"), "This item is not in the catalogue."),
        (("OTHER", "5"), "This item is not in the catalogue."),
        (("<script>", "5"), "This item is not in the catalogue."),
        (("WATER", "5", "x" * 1_000_000), "Write at most 60 characters. This has 1000000."),
        (("WATER", "5", "A\x00B"), "Null characters are not allowed."),
        (("WATER", "5", "", "1900-01-01"), "This expiry date can&#x27;t be right."),
        (("WATER", "5", "", "2100-01-01"), "This expiry date can&#x27;t be right."),
        (("WATER", "5", "", "2027-13"), "Write the date as on the pack"),
        (("WATER", "5", "", "0000-00"), "Write the date as on the pack"),
        (("WATER", "5", "", "soon" * 250_000), "Write the date as on the pack"),
    ],
)
def test_what_can_t_be_received_gets_a_sentence_and_is_kept(desk, program, row, sentence):
    ids = {
        "WATER": item_of(program, "water").pk,
        "KIT": item_of(program, "kit-needle").pk,
        "OTHER": item_of(make_program("Elsewhere"), "water").pk,
    }
    response = desk.post(
        page("stock_receive"), delivery(program, (ids.get(row[0], row[0]), *row[1:]), note="Kept as typed")
    )
    assert response.status_code == 422
    assert sentence in response.text
    assert "Kept as typed" in response.text
    assert "<script>" not in response.text.split("<main")[1]
    with scope(program=program):
        assert not StockMove.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("day", "1900-01-01", "not before the year 2000"),
        ("day", "2100-01-01", "not in the future"),
        ("day", "yesterday", "year-month-day"),
        ("site", "999999", "This site is not one of yours."),
        ("site", "", "Choose a site."),
        ("note", "x" * 301, "Write at most 300 characters."),
        ("source", "not-an-id", "valid UUID"),
    ],
)
def test_what_can_t_be_said_about_a_delivery_gets_a_sentence(desk, program, field, value, sentence):
    sent = delivery(program, (item_of(program, "water").pk, 77)) | {field: value}
    response = desk.post(page("stock_receive"), sent)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="77"' in response.text


def test_a_delivery_of_nothing_gets_a_sentence(desk, program):
    response = desk.post(page("stock_receive"), delivery(program))
    assert "in at least one line" in said(response)


@pytest.mark.parametrize("total", ["", "x", "-1", "99999999999999999999", "61"])
def test_a_form_that_was_tampered_with_gets_a_sentence(desk, program, total):
    sent = delivery(program, (item_of(program, "water").pk, 5)) | {"line-TOTAL_FORMS": total}
    response = desk.post(page("stock_receive"), sent)
    assert response.status_code == 422
    assert "alert error" in response.text


def test_more_lines_keep_what_was_entered_and_save_nothing(desk, program):
    water = item_of(program, "water").pk
    response = desk.post(page("stock_receive"), delivery(program, (water, 77, "A1"), total=5, more="1"))
    assert response.status_code == 200
    assert response.text.count('-quantity"') >= 10
    assert 'value="77"' in response.text
    assert level(program, "water") == 0


def test_a_lot_with_another_date_is_explained(desk, program):
    received(desk, program, "water", 5, "A1", "2030-05-31")
    response = desk.post(
        page("stock_receive"), delivery(program, (item_of(program, "water").pk, 5, "a1", "2031-05-31"))
    )
    assert response.status_code == 422
    assert "Lot A1" in said(response)


def test_a_transfer_is_two_moves(desk, program):
    received(desk, program, "water", 100)
    sent = lines(
        (item_of(program, "water").pk, 30),
        (item_of(program, "water").pk, 10),
        origin=site_of(program).pk,
        destination=site_of(program, "Van").pk,
    )
    response = desk.post(page("stock_transfer"), sent, follow=True)
    assert "Moved to Van." in response.text
    assert (level(program, "water"), level(program, "water", "Van")) == (60, 40)


def test_a_transfer_of_more_than_the_books_have_is_done_and_said(desk, program):
    sent = lines((item_of(program, "water").pk, 30), origin=site_of(program).pk, destination=site_of(program, "Van").pk)
    response = desk.post(page("stock_transfer"), sent, follow=True)
    assert "30 fewer than you moved" in response.text
    assert level(program, "water", "Van") == 30


def test_a_transfer_to_itself_is_explained(desk, program):
    site = site_of(program).pk
    response = desk.post(
        page("stock_transfer"), lines((item_of(program, "water").pk, 3), origin=site, destination=site)
    )
    assert "Choose another site" in said(response)


def test_a_count_puts_the_books_right(desk, program):
    received(desk, program, "water", 100)
    received(desk, program, "cooker", 50)
    water, cooker = item_of(program, "water").pk, item_of(program, "cooker").pk
    shown = desk.get(page("stock_count")).text
    assert "The books say 100" in shown
    assert "Sterile water" in shown
    assert "Lubricant" not in shown
    sent = {"source": str(uuid4()), f"item-{water}": "80", f"item-{cooker}": ""}
    response = desk.post(page("stock_count"), sent, follow=True)
    assert "1 item differed" in response.text
    assert (level(program, "water"), level(program, "cooker")) == (80, 50)


def test_whoever_counts_says_which_lot_the_surplus_is_of(desk, program):
    received(desk, program, "water", 10, "A1", "2030-06-30")
    received(desk, program, "water", 10, "B2")
    water = item_of(program, "water").pk
    sent = {"source": str(uuid4()), f"item-{water}": "25"}
    asked = desk.post(page("stock_count"), sent)
    assert asked.status_code == 422
    assert "There is more than the books say" in asked.text
    assert "A1, good until June 30, 2030" in asked.text
    assert level(program, "water") == 20
    wrong = desk.post(page("stock_count"), sent | {f"lot-{water}": "999999"})
    assert "This lot is not one of this item." in said(wrong)
    with scope(program=program):
        lot = Lot.objects.get(code="B2")
    desk.post(page("stock_count"), sent | {f"lot-{water}": str(lot.pk)})
    with scope(program=program):
        assert StockMove.objects.get(reason="count").lot == lot
    again = {"source": str(uuid4()), f"item-{water}": "26", f"lot-{water}": "none"}
    desk.post(page("stock_count"), again)
    with scope(program=program):
        assert StockMove.objects.filter(reason="count").latest("pk").lot.code == ""
    assert level(program, "water") == 26


def test_a_count_can_find_what_the_books_never_knew(desk, program):
    lube = item_of(program, "lube").pk
    url = f"{page('stock_count')}?site={site_of(program, 'Van').pk}&all=1"
    assert "Lubricant" in desk.get(url).text
    desk.post(url, {"source": str(uuid4()), f"item-{lube}": "40"})
    assert level(program, "lube", "Van") == 40


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("-3", "Write 0 or more."), ("x", "whole number"), ("5000000", "or less"), ("", "at least one item")],
)
def test_a_count_that_can_t_be_right_gets_a_sentence(desk, program, typed, sentence):
    received(desk, program, "water", 100)
    water = item_of(program, "water").pk
    response = desk.post(page("stock_count"), {"source": str(uuid4()), f"item-{water}": typed, "note": "Kept"})
    assert response.status_code == 422
    assert sentence in response.text
    assert "Kept" in response.text
    assert level(program, "water") == 100


@pytest.mark.parametrize(
    ("what", "note", "left"), [("fewer", "Leaked", 90), ("more", "Found", 110), ("disposed", "", 90)]
)
def test_a_lot_is_put_right(desk, program, what, note, left):
    received(desk, program, "water", 100, "A1", "2031-05")
    url = page("stock_change", item_of(program, "water").pk)
    assert "A1" in desk.get(url).text
    sent = {"source": str(uuid4()), "place": place(program, "water", "A1"), "what": what, "quantity": 10, "note": note}
    assert desk.post(url, sent).status_code == 302
    assert level(program, "water") == left


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"note": ""}, "Write why the books were wrong"),
        ({"quantity": "101"}, "The books hold only 100 of this lot here."),
        ({"quantity": ""}, "Write how many."),
        ({"what": ""}, "Choose what happened."),
        ({"place": "1:1"}, "This lot is not on a shelf of yours."),
        ({"place": "x"}, "This lot is not on a shelf of yours."),
    ],
)
def test_a_lot_that_can_t_be_put_right_gets_a_sentence(desk, program, changes, sentence):
    received(desk, program, "water", 100, "A1")
    sent = {"source": str(uuid4()), "place": place(program, "water", "A1"), "what": "fewer", "quantity": 5, "note": "N"}
    response = desk.post(page("stock_change", item_of(program, "water").pk), sent | changes)
    assert response.status_code == 422
    assert sentence in response.text
    assert level(program, "water") == 100


def test_the_date_of_a_lot_is_corrected(desk, program):
    received(desk, program, "water", 100, "A1", "2031-05")
    with scope(program=program):
        lot = Lot.objects.get(code="A1")
    assert "2031-05-31" in desk.get(page("stock_lot", lot.pk)).text
    assert desk.post(page("stock_lot", lot.pk), {"expires_on": "1850-01-01"}).status_code == 422
    desk.post(page("stock_lot", lot.pk), {"expires_on": "06/2032"})
    with scope(program=program):
        assert str(Lot.objects.get(code="A1").expires_on) == "2032-06-30"


def test_another_programs_site_is_refused(desk, program):
    elsewhere = site_of(make_program("Elsewhere"))
    sent = delivery(program, (item_of(program, "water").pk, 5)) | {"site": elsewhere.pk}
    assert "This site is not one of yours." in desk.post(page("stock_receive"), sent).text
