"""The stock pages: what they show, what they take, and the sentences for what they can't."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from alongside.accounts.roles import Role
from alongside.jobs.models import Job
from alongside.kernel.clock import now, today
from alongside.supplies.handing_out import Wanted, hand_out
from alongside.supplies.models import Bag, Item, Lot, StockLevel, StockMove
from tests.programs import item_of, make_member, make_program, signed_in, site_of

pytestmark = pytest.mark.django_db

READING = ("stock", "stock_order", "stock_expiring", "stock_recall", "stock_catalogue")
MOVING = ("stock_receive", "stock_transfer", "stock_count")
MANAGING = ("stock_item_add", "stock_bag_add")


@pytest.fixture
def program():
    return make_program()


@pytest.fixture
def desk(client, program):
    """A browser in which a coordinator is signed in."""
    return signed_in(client, make_member(program, Role.COORDINATOR))


def page(name, *args):
    return reverse(f"desk:{name}", args=args)


def level(program, key, site="Front desk"):
    with scope(program=program):
        rows = StockLevel.objects.filter(item__key=key, site__name=site)
        return sum(rows.values_list("quantity", flat=True))


def lines(*rows, total=None, **more):
    """A posted form with rows of (item, quantity[, lot, expires])."""
    sent = {"line-TOTAL_FORMS": total or len(rows) + 2, "line-INITIAL_FORMS": 0, "source": str(uuid4())}
    for number, row in enumerate(rows):
        for name, value in zip(("item", "quantity", "lot", "expires_on"), row, strict=False):
            sent[f"line-{number}-{name}"] = value
    return sent | more


def delivery(program, *rows, **more):
    return lines(*rows, site=site_of(program).pk, **more)


def received(desk, program, key, units, lot="", expires="", site="Front desk"):
    sent = lines((item_of(program, key).pk, units, lot, expires), site=site_of(program, site).pk)
    assert desk.post(page("stock_receive"), sent).status_code == 302


def said(response):
    """The sentences of a page's errors and alerts."""
    found = re.findall(r'class="field-error"[^>]*>.*?<span>(.*?)</span>|<p>(.*?)</p>', response.text, re.DOTALL)
    return " ".join(re.sub(r"\s+", " ", one or other) for one, other in found)


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


def test_another_programs_site_is_refused(desk, program):
    elsewhere = site_of(make_program("Elsewhere"))
    sent = delivery(program, (item_of(program, "water").pk, 5)) | {"site": elsewhere.pk}
    assert "This site is not one of yours." in desk.post(page("stock_receive"), sent).text


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


def place(program, key, lot, site="Front desk"):
    with scopes_disabled():
        return f"{site_of(program, site).pk}:{Lot.objects.get(item__key=key, item__program=program, code=lot).pk}"


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
        wanted = Wanted(source=uuid4(), site_id=site_of(program).pk, item_id=item.pk, quantity=6)
        hand_out([wanted], program_id=program.pk, by_id=worker.pk, at=now(), today=today(program.timezone))
    text = desk.get(f"{page('stock_recall')}?lot=n7").text
    assert "94" in text
    assert "Front desk" in text
    assert "It left on 1 day" in text
    assert "Robin" not in text
    assert "No lot" in desk.get(f"{page('stock_recall')}?lot=%3Cscript%3E").text
    assert desk.get(f"{page('stock_recall')}?lot={'x' * 5000}").status_code == 200


@pytest.fixture
def used(program):
    """Water goes out by 70 a week; nothing was ever delivered."""
    worker = make_member(program)
    with scope(program=program):
        item, site = item_of(program, "water"), site_of(program)
        for week in range(8):
            wanted = Wanted(source=uuid4(), site_id=site.pk, item_id=item.pk, quantity=70)
            at = now() - timedelta(weeks=week, days=3)
            hand_out([wanted], program_id=program.pk, by_id=worker.pk, at=at, today=at.date())


@pytest.mark.usefixtures("used")
def test_the_order_list_says_what_to_order_and_how_it_knows(desk):
    text = desk.get(page("stock_order")).text
    assert "Sterile water" in text
    assert "No forecast yet" in text
    more = desk.get(f"{page('stock_order')}?lead_days=60&review_days=60&site=all").text
    assert desk.get(f"{page('stock_order')}?lead_days=0&review_days=1").status_code == 200
    first, second = (int(re.search(r"<strong>([\d,]+)</strong>", each)[1].replace(",", "")) for each in (text, more))
    assert second > first > 560


@pytest.mark.parametrize("days", ["-1", "x", "", "99999999999999999999", "366"])
@pytest.mark.usefixtures("used")
def test_days_that_can_t_be_read_get_a_sentence_and_the_usual_list(desk, days):
    response = desk.get(f"{page('stock_order')}?lead_days={days}&review_days=28")
    assert response.status_code == 200
    assert "has-error" in response.text
    assert "Sterile water" in response.text


@pytest.mark.usefixtures("used")
def test_the_order_list_travels_as_csv_and_xlsx(desk, program):
    with scope(program=program):
        Item.objects.filter(key="water").update(name='=HYPERLINK("x")')
    answer = desk.get(page("stock_order_file", "csv"))
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Item", "Key", "Counted in", "To order"]
    assert rows[1][:3] == ['\'=HYPERLINK("x")', "water", "ampoule"]
    book = openpyxl.load_workbook(BytesIO(desk.get(page("stock_order_file", "xlsx")).content))
    cells = next(book.active.iter_rows(min_row=2))
    assert (cells[0].value, cells[0].data_type) == ('=HYPERLINK("x")', "s")
    assert str(cells[3].value) == rows[1][3]
    assert desk.get(page("stock_order_file", "exe")).status_code == 404


def test_a_forecast_is_asked_for_once(desk):
    for _ in range(2):
        assert desk.post(page("stock_forecast")).status_code == 302
    assert Job.objects.filter(kind="supplies.forecast_use", payload__has_key="program").count() == 1
    assert "being worked out" in desk.get(page("stock_order")).text
    assert desk.get(page("stock_forecast")).status_code == 405


def test_an_item_is_added_and_can_be_received(desk, program):
    sent = {"name": "Tent", "group": "other", "unit": "each", "reorder_point": 3, "barrels": 0, "doses": 0}
    assert desk.post(page("stock_item_add"), sent).status_code == 302
    assert item_of(program, "tent").reorder_point == 3
    assert "Tent" in desk.get(page("stock_receive")).text


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 1_000_000},
        {"group": "nothing"},
        {"reorder_point": "-1"},
        {"reorder_point": "99999999999"},
        {"barrels": "40000"},
        {"doses": "x"},
        {"gauge": "-4"},
        {"length_mm": "1e999999"},
    ],
)
def test_an_item_that_can_t_be_gets_a_sentence(desk, program, changes):
    sent = {"name": "Tent", "group": "other", "unit": "each", "reorder_point": 3, "barrels": 0, "doses": 0}
    response = desk.post(page("stock_item_add"), sent | changes)
    assert response.status_code == 422
    assert "field-error" in response.text
    with scope(program=program):
        assert not Item.objects.filter(key__startswith="tent").exists()


def test_an_item_is_renamed_and_hidden(desk, program):
    item = item_of(program, "cooker")
    sent = {"name": "Spoon", "group": "injecting", "unit": "each", "reorder_point": 5}
    response = desk.post(page("stock_item_edit", item.pk), sent, follow=True)
    assert "still a part of" in response.text
    assert "Needle kit" in response.text
    changed = item_of(program, "cooker")
    assert (changed.name, changed.is_active) == ("Spoon", False)
    assert "Spoon" not in desk.get(page("stock_receive")).text


def test_the_parts_of_a_kit_are_changed(desk, program):
    kit, water = item_of(program, "kit-needle"), item_of(program, "water")
    url = page("stock_kit", kit.pk)
    assert desk.get(url).text.count("selected") >= 9
    assert desk.post(url, lines((water.pk, 3), ("", ""))).status_code == 302
    with scope(program=program):
        assert list(kit.parts.values_list("part__key", "quantity")) == [("water", 3)]


def test_a_kit_of_itself_is_explained(desk, program):
    outer, inner = item_of(program, "kit-needle"), item_of(program, "kit-hygiene")
    desk.post(page("stock_kit", outer.pk), lines((inner.pk, 1)))
    response = desk.post(page("stock_kit", inner.pk), lines((outer.pk, 1)))
    assert response.status_code == 422
    assert "part of itself" in response.text


def test_a_usual_bag_is_added_and_changed(desk, program):
    water, kit = item_of(program, "water"), item_of(program, "kit-needle")
    assert (
        desk.post(page("stock_bag_add"), lines((water.pk, 3), (kit.pk, 1), name="Small", is_active="on")).status_code
        == 302
    )
    with scope(program=program):
        bag = Bag.objects.get(key="bag-small")
        assert bag.lines.count() == 2
    assert "Small" in desk.get(page("stock_bag", bag.pk)).text
    assert desk.post(page("stock_bag", bag.pk), lines(name="Small", is_active="on")).status_code == 422
    assert desk.post(page("stock_bag", bag.pk), lines((water.pk, 9), name="Tiny")).status_code == 302
    with scope(program=program):
        bag.refresh_from_db()
        assert (bag.name, bag.is_active, bag.lines.get().quantity) == ("Tiny", False, 9)


def test_another_programs_things_are_not_found(desk):
    elsewhere = make_program("Elsewhere")
    item = item_of(elsewhere, "kit-needle")
    with scope(program=elsewhere):
        bag, lot = Bag.objects.first(), Lot.objects.create(program=elsewhere, item=item, code="A1")
    for name, pk in (
        ("stock_item", item.pk),
        ("stock_change", item.pk),
        ("stock_lot", lot.pk),
        ("stock_item_edit", item.pk),
        ("stock_kit", item.pk),
        ("stock_bag", bag.pk),
    ):
        assert desk.get(page(name, pk)).status_code == 404, name
        assert desk.post(page(name, pk), {}).status_code == 404, name


@pytest.mark.parametrize("name", READING)
def test_pages_ask_few_questions_however_much_is_in_stock(desk, program, name, django_assert_max_num_queries):
    for key in ("water", "cooker", "condom", "lube", "foil", "naloxone-vial"):
        received(desk, program, key, 50, f"L-{key}", "2031-05")
    with django_assert_max_num_queries(15):
        desk.get(f"{page(name)}?lot=L-water")


def test_pages_speak_spanish_names(desk, program):
    received(desk, program, "water", 50)
    assert "Agua estéril" in desk.get(page("stock"), headers={"accept-language": "es"}).text
