"""A coordinator in a browser without JavaScript, on demo data: a funder's report, its four files, what is published."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from alongside.config.demo import ZONE
from alongside.kernel.clock import today
from tests.browsing import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.once]


@pytest.fixture
def desk(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base_url, java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    sign_in(page, "pat")
    yield page
    context.close()


def last_month() -> tuple[str, str]:
    end = today(ZONE).replace(day=1) - timedelta(days=1)
    return end.replace(day=1).isoformat(), end.isoformat()


def ask(page: Page, aim: str) -> None:
    page.goto("/reports/")
    page.get_by_role("link", name="For funders").click()
    page.get_by_role("link", name=re.compile("Utah")).click()
    start, end = last_month()
    page.get_by_label("Period").select_option("custom")
    page.locator("[name=start]").fill(start)
    page.locator("[name=end]").fill(end)
    page.get_by_label(re.compile(f"^{aim}")).check()
    page.get_by_label("Your code in DHIS2").fill("OU_1")
    page.get_by_label("Education").first.fill("12")
    page.get_by_role("button", name="Show").click()


def taken(page: Page, kind: str, folder: Path) -> bytes:
    with page.expect_download() as coming:
        page.get_by_role("link", name=kind, exact=True).click()
    place = folder / coming.value.suggested_filename
    coming.value.save_as(place)
    return place.read_bytes()


def numbers_on(page: Page) -> dict[str, str]:
    """From a line's code to what the page says."""
    rows = page.locator("main table tbody tr").all()
    cells = [
        (row.locator("th .quiet-text").inner_text().split(" · ")[0], row.locator("td").inner_text()) for row in rows
    ]
    return {code: text.replace(",", "").replace("–", "") for code, text in cells}


def test_a_funders_report_and_its_files_read_back(desk: Page, tmp_path: Path) -> None:
    ask(desk, "Submission")
    expect(desk.get_by_text("The layout is unverified")).to_be_visible()
    shown = numbers_on(desk)
    assert int(shown["3"]) > 0
    assert shown["4"] == "12"
    rows = csv.DictReader(io.StringIO(taken(desk, "CSV", tmp_path).decode("utf-8-sig")))
    assert {row["code"]: row["value"] for row in rows} == shown
    book = openpyxl.load_workbook(io.BytesIO(taken(desk, "XLSX", tmp_path)))
    cells = {str(row[0].value): row[3].value for row in book.worksheets[0].iter_rows() if row[0].value}
    assert {code: cells[code] for code in shown if shown[code]} == {
        code: int(text) for code, text in shown.items() if text
    }
    paper = pypdf.PdfReader(io.BytesIO(taken(desk, "PDF", tmp_path)))
    words = " ".join(page.extract_text() for page in paper.pages)
    assert f"{int(shown['3']):,}" in words
    document = json.loads(taken(desk, "DHIS2", tmp_path))
    assert (document["orgUnit"], document["period"]) == ("OU_1", last_month()[0][:7].replace("-", ""))
    assert {"dataElement": "UTAH_3", "value": shown["3"]} in document["dataValues"]


def test_what_is_published_hides_small_numbers_and_is_remembered(desk: Page, tmp_path: Path) -> None:
    ask(desk, "Publication")
    shown = numbers_on(desk)
    people = shown["1"]
    assert people == "*" or int(people) > 10
    rows = csv.DictReader(io.StringIO(taken(desk, "CSV", tmp_path).decode("utf-8-sig")))
    assert {row["code"]: row["value"] for row in rows} == shown
    assert [file.name for file in tmp_path.glob("*-protected.csv")]


def test_dashboards_are_pictures_with_tables_beside_them(desk: Page) -> None:
    desk.goto("/reports/?figure=contacts.all")
    picture = desk.locator("figure.chart img").first
    answer = desk.request.get(desk.url.split("/reports/")[0] + str(picture.get_attribute("src")))
    assert answer.headers["content-type"] == "image/svg+xml"
    months = desk.locator("figure.chart table tbody tr")
    assert months.count() >= 2
    for caption in ("By site", "By service"):
        table = desk.locator("table", has=desk.get_by_text(caption, exact=True)).first
        assert table.locator("tbody tr").count() >= 2


def test_what_is_given_back_is_open_to_anybody_in_two_languages(desk: Page, browser: Browser, base_url: str) -> None:
    desk.goto(reverse("desk:give_back"))
    if (to_open := desk.get_by_role("button", name="Open the page to everybody")).count():
        to_open.click()
    stranger = browser.new_context(base_url=base_url, java_script_enabled=False).new_page()
    stranger.goto(reverse("public:give_back", args=["demo"]))
    expect(stranger.get_by_role("heading", name="What we may ask, and why")).to_be_visible()
    stranger.get_by_role("link", name="Español").click()
    expect(stranger.locator("html")).to_have_attribute("lang", "es")
    expect(stranger.get_by_role("heading", name="What we may ask, and why")).to_have_count(0)
    stranger.context.close()
