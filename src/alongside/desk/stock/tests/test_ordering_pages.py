"""The order list, its files and its forecast."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import openpyxl
import pytest
from django_scopes import scope

from alongside.desk.stock.tests.asking import page
from alongside.jobs.models import Job
from alongside.kernel.clock import now
from alongside.supplies.handing_out import Wanted, hand_out
from alongside.supplies.models import Item
from tests.programs import item_of, make_member, site_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(program):
    """Water goes out by 70 a week; nothing was ever delivered."""
    worker = make_member(program)
    with scope(program=program):
        item, site = item_of(program, "water"), site_of(program)
        for week in range(8):
            wanted = Wanted(source=uuid4(), site_id=site.pk, item_id=item.pk, quantity=70, by_id=worker.pk)
            at = now() - timedelta(weeks=week, days=3)
            hand_out([wanted], program_id=program.pk, at=at, today=at.date())


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
