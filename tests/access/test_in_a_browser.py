"""Staff, codes and one's own account in a real Chromium: for axe, for a thumb, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from alongside.config import demo
from tests.browsing import SCREENS, look_at, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.once]


def share(page: Page) -> None:
    page.goto("/account/")
    page.get_by_label("Name of this computer").fill("Front desk computer")
    page.get_by_role("button", name="Share this computer").click()
    expect(page.get_by_role("button", name="Stop sharing this computer")).to_be_visible()


def test_two_taps_and_a_pin(page: Page) -> None:
    page.set_viewport_size(SCREENS["phone"]["viewport"])
    sign_in(page, "sam")
    share(page)
    page.goto("/record/")
    page.get_by_role("link", name="Switch worker").click()
    page.get_by_role("radio", name="Lou Petrakis").click()
    page.keyboard.type(demo.PIN)
    expect(page).to_have_url("/record/")
    expect(page.get_by_text("You are Lou Petrakis")).to_be_attached()


def test_the_lock_keeps_what_is_entered(page: Page) -> None:
    sign_in(page, "sam")
    page.clock.install()
    page.goto("/record/")
    page.get_by_label("Find an item").fill("cooker")
    page.clock.fast_forward("20:00")
    page.clock.run_for(6000)
    lock = page.get_by_role("dialog", name="Locked for Sam Whitefeather")
    expect(lock).to_be_visible()
    expect(page.get_by_role("heading", name="Record a contact")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(lock).to_be_visible()
    look_at(page)
    lock.get_by_label("PIN").fill("0000")
    expect(lock.get_by_role("alert")).to_have_text("This PIN is not right.")
    lock.get_by_label("PIN").fill(demo.PIN)
    expect(lock).to_be_hidden()
    expect(page.get_by_label("Find an item")).to_have_value("cooker")


@pytest.fixture
def plain(browser: Browser, base_url: str) -> Page:
    """A browser without JavaScript."""
    return browser.new_context(java_script_enabled=False, base_url=base_url).new_page()


def test_without_javascript_a_button_sends_the_pin(plain: Page) -> None:
    sign_in(plain, "sam")
    share(plain)
    plain.goto("/account/switch/")
    plain.get_by_role("radio", name="Lou Petrakis").click()
    plain.get_by_label("PIN", exact=True).fill(demo.PIN)
    plain.get_by_role("button", name="Go on").click()
    expect(plain).to_have_url("/record/")


def test_without_javascript_a_card_is_made_recorded_and_looked_up(plain: Page) -> None:
    sign_in(plain, "ada")
    plain.goto("/people/cards/")
    plain.get_by_role("button", name="Make a sheet").click()
    card = plain.locator(".code-card-code").first.text_content() or ""
    assert card not in plain.url + plain.title()
    for _visit in range(2):
        plain.goto("/record/")
        plain.locator("input[name=code]").evaluate("(field, card) => { field.value = card; }", card)
        plain.locator("input[name=visit]").evaluate("(field) => { field.checked = true; }")
        plain.get_by_role("button", name="Save").last.click()
    plain.goto("/people/")
    plain.get_by_label("Code").fill(card.lower())
    plain.get_by_role("button", name="Look up").click()
    expect(plain.locator(".tile")).to_contain_text("2")
    assert card not in plain.title()
    assert plain.url.endswith("/people/")
