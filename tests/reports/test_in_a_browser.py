"""Reports in a real Chromium: on a phone and a desk, light and dark, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import SCREENS, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.once]


@pytest.fixture
def without_scripts(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_only_the_picture_of_the_theme_that_is_shown(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "chart.svg" in request.url else None)
    page.set_viewport_size(SCREENS["phone"]["viewport"])
    page.emulate_media(color_scheme="dark")
    sign_in(page, "pat")
    page.goto("/reports/")
    picture = page.locator(".when-dark img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True, timeout=30_000)
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert asked
    assert all("theme=dark" in url and "shape=narrow" in url for url in asked)


def test_days_are_asked_for_when_somebody_wants_their_own(page: Page) -> None:
    sign_in(page, "pat")
    page.goto("/reports/")
    expect(page.get_by_label("From")).to_be_hidden()
    page.get_by_label("Period").select_option("custom")
    expect(page.get_by_label("From")).to_be_visible()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Contacts and people")).to_be_visible()


def test_a_file_comes(page: Page) -> None:
    sign_in(page, "pat")
    page.goto("/reports/?figure=people.all")
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    assert coming.value.suggested_filename.endswith(".csv")


def test_without_javascript(without_scripts: Page) -> None:
    page = without_scripts
    sign_in(page, "pat")
    page.goto("/reports/")
    page.get_by_label("Site", exact=True).select_option("Grove Street desk")
    page.get_by_role("button", name="Show").click()
    page.locator("a.tile", has_text="Syringes given").click()
    expect(page).to_have_url(re.compile(r"(?=.*site=\d)(?=.*figure=distribution\.syringes_given)"))
    expect(page.get_by_role("heading", name="Syringes given")).to_be_visible()
    page.get_by_text("What each figure means").click()
    expect(page.get_by_text("Syringe barrels handed out").last).to_be_visible()
