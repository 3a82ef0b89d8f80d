"""The parts, in a real Chromium: nothing for axe to find, no sideways scrolling, large enough for a thumb."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.once]

SIZES = {"phone": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 800}}
TOO_SMALL = """() =>
    [...document.querySelectorAll("main :is(a[href], button, input:not([type=hidden]), select, summary)")]
    .filter((each) => each.checkVisibility() && !each.closest("p, li > a, .alert, .field-tick"))
    .filter((each) => { const box = each.getBoundingClientRect(); return box.height < 43.5 || box.width < 43.5; })
    .map((each) => each.outerHTML)"""

COUNT_AND_HOLD = """() => {
    window.sent = 0;
    addEventListener("submit", (event) => { window.sent += 1; event.preventDefault(); });
}"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/look/", "/sign-in/", "/not-there/"])
def test_nothing_is_in_the_way(page: Page, address: str, theme: str, size: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(SIZES[size])
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TOO_SMALL) == []
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


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
