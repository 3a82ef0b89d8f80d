"""The parts at work in a real Chromium."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import faults_of

pytestmark = [pytest.mark.journey, pytest.mark.once]

COUNT_AND_HOLD = """() => {
    window.sent = 0;
    addEventListener("submit", (event) => { window.sent += 1; event.preventDefault(); });
}"""

ILL_SEEN = """<!doctype html><html lang="en"><title>Two texts</title><style>
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } #lost { color: #333 } }
</style><main><h1>One that stands out</h1><p>And one more.</p><p id="lost">One that does not.</p></main>"""


def test_what_is_ill_seen_in_the_dark_only_is_found(browser: Browser) -> None:
    """By what looks at every page: in the dark it looks at one text of each kind."""
    with browser.new_page() as page:
        page.set_content(ILL_SEEN)
        (fault,) = faults_of(page)
    assert fault.startswith("color-contrast in dark")
    assert "lost" in fault


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
