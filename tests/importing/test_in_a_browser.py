"""An import from beginning to end in a real Chromium: wide and on a phone, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import SCREENS, look_at, sign_in
from tests.importing.sheets import csv_of

pytestmark = [pytest.mark.journey, pytest.mark.slow]

_towns = count(1)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def with_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console objected to."""
    return []


@pytest.fixture(params=["phone", pytest.param("desk", marks=pytest.mark.once)])
def desk(
    request: pytest.FixtureRequest, browser: Browser, base_url: str, with_script: bool, complaints: list[str]
) -> Iterator[Page]:
    """Signed in as the demo program's coordinator."""
    context = browser.new_context(
        base_url=base_url, viewport=SCREENS[request.param]["viewport"], java_script_enabled=with_script
    )
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, "ines")
    yield page
    context.close()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Two lines to take, one to put right, a sum, in a town of its own."""
    town = f"Harbor {next(_towns)}"
    rows = [["year", "town", "kits_OEND"], [2018, town, "1,200"], [2019, town, 30], [2019, town, "some"]]
    place = tmp_path / "towns by year.csv"
    place.write_bytes(csv_of([*rows, ["Total", "", 1230]]))
    return place


def looks_right(page: Page, *, with_script: bool) -> None:
    if with_script:
        page.wait_for_load_state()
        look_at(page)


def test_a_spreadsheet_comes_in_and_goes_out_again(desk: Page, sheet: Path, with_script: bool) -> None:
    desk.goto("/import/")
    looks_right(desk, with_script=with_script)
    desk.get_by_label("Spreadsheet").set_input_files(sheet)
    desk.get_by_role("button", name="Read this file").click()
    expect(desk.get_by_role("heading", name="Match columns")).to_be_visible()
    expect(desk.get_by_label("kits_OEND")).to_have_value("item:naloxone-kit-unrecorded")
    looks_right(desk, with_script=with_script)
    desk.get_by_role("button", name="Check the lines").click()
    expect(desk.get_by_role("button", name="Import 2 lines")).to_be_visible()
    expect(desk.get_by_role("cell", name="kits_OEND: Write a whole number, such as 10.")).to_be_visible()
    expect(desk.get_by_role("row", name="Naloxone kit, product not recorded")).to_contain_text("1,230")
    looks_right(desk, with_script=with_script)
    desk.get_by_role("button", name="Import 2 lines").click()
    expect(desk.get_by_text("It counts in every report.")).to_be_visible()
    looks_right(desk, with_script=with_script)
    desk.get_by_role("link", name="Undo this import").click()
    looks_right(desk, with_script=with_script)
    desk.get_by_role("button", name="Undo the import").click()
    expect(desk.get_by_text("Nothing of it counts.")).to_be_visible()
    looks_right(desk, with_script=with_script)


@pytest.mark.once
@pytest.mark.parametrize("desk", ["desk"], indirect=True)
def test_a_long_import_shows_its_progress_and_ends_by_itself(desk: Page, tmp_path: Path, complaints: list[str]) -> None:
    town = f"Harbor {next(_towns)}"
    rows = [
        ["Date", "Site", "Cooker"],
        *([f"20{10 + n % 10}-01-{n % 28 + 1:02}", town, n % 50 + 1] for n in range(6_000)),
    ]
    place = tmp_path / "long.csv"
    place.write_bytes(csv_of(rows))
    desk.goto("/import/")
    desk.get_by_label("Spreadsheet").set_input_files(place)
    desk.get_by_role("button", name="Read this file").click()
    desk.get_by_role("link", name="Change the columns").click(timeout=60_000)
    desk.get_by_label("Make it, as an area that only figures know").check()
    desk.get_by_role("button", name="Check the lines").click()
    desk.get_by_role("button", name="Import 6,000 lines").click(timeout=60_000)
    expect(desk.get_by_text("It counts in every report.")).to_be_visible(timeout=120_000)
    assert complaints == []
