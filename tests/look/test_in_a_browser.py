"""The parts at work in a real Chromium."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.once]

COUNT_AND_HOLD = """() => {
    window.sent = 0;
    addEventListener("submit", (event) => { window.sent += 1; event.preventDefault(); });
}"""


def test_steppers_and_search(page: Page) -> None:
    page.goto("/look/")
    page.get_by_role("button", name="One more: Used syringes back").first.click(click_count=3)
    expect(page.locator("#look-back")).to_have_value("3")
    page.get_by_label("Find an item").fill("narcan")
    expect(page.locator("#look-items > li:visible")).to_have_count(1)


def test_a_dialog_opens_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/look/")
    opener = page.get_by_role("link", name="Open a dialog")
    opener.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_the_theme_is_remembered(page: Page) -> None:
    page.goto("/look/")
    page.locator(".account-menu > summary").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_form_is_sent_once_and_shows_that_it_is_working(page: Page) -> None:
    page.goto("/sign-in/")
    page.evaluate(COUNT_AND_HOLD)
    page.get_by_label("User name").fill("somebody")
    page.get_by_label("Password").fill("something")
    button = page.get_by_role("button", name="Sign in", exact=True)
    button.click()
    button.click(force=True)
    assert page.evaluate("sent") == 1
    expect(page.locator("#busy")).to_be_visible(timeout=3000)
