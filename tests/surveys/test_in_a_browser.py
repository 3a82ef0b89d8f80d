"""A survey in a real Chromium: on a small phone, without JavaScript, and on a tablet that somebody walks away from."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import SCREENS, look_at, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.once]


@pytest.fixture
def without_scripts(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base_url, java_script_enabled=False, **SCREENS["phone"])
    yield context.new_page()
    context.close()


def survey_of(page: Page) -> None:
    sign_in(page, "ines")
    page.goto("/surveys/")
    page.get_by_role("link", name=re.compile("Taking answers")).click()


def test_from_the_poster_to_thanks(page: Page, without_scripts: Page) -> None:
    page.set_viewport_size(SCREENS["phone"]["viewport"])
    survey_of(page)
    page.get_by_role("link", name=re.compile("Poster")).first.click()
    address = page.locator(".survey-address").inner_text()
    phone = without_scripts
    phone.goto(address)
    phone.get_by_role("link", name="Español").click()
    phone.get_by_label("Sí", exact=True).check()
    phone.get_by_role("button", name="Siguiente").click()
    phone.get_by_role("textbox").first.fill("28")
    while phone.get_by_role("button", name="Siguiente").count():
        phone.get_by_role("button", name="Siguiente").click()
    phone.get_by_role("button", name="Enviar").click()
    expect(phone.get_by_role("status")).to_contain_text("Gracias")
    assert phone.context.cookies() == []


def test_a_tablet_forgets(page: Page) -> None:
    page.set_viewport_size(SCREENS["phone"]["viewport"])
    survey_of(page)
    page.clock.install()
    page.get_by_role("button", name=re.compile("Use this device")).first.click()
    expect(page.get_by_label("Yes", exact=True).first).to_be_visible()
    look_at(page)
    page.get_by_label("Yes", exact=True).first.check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Syringes in the last 14 days")).to_be_visible()
    look_at(page)
    page.get_by_role("textbox").first.fill("28")
    page.clock.run_for(121_000)
    expect(page.get_by_role("heading", name="The last 14 days", exact=True)).to_be_visible()
    expect(page.get_by_label("Yes", exact=True).first).not_to_be_checked()
    page.goto("/today/")
    expect(page).to_have_url(re.compile("/sign-in/"))
