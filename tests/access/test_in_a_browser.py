"""Staff, codes and one's own account in a real Chromium: for axe, for a thumb, and without JavaScript."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from alongside.config import demo

pytestmark = [pytest.mark.journey, pytest.mark.once]

SIZES = {"phone": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 800}}
PAGES = (
    "/account/",
    "/account/pin/",
    "/account/switch/",
    "/account/switch/?next=/record/",
    "/staff/",
    "/staff/add/",
    "/staff/devices/",
    "/staff/sites/",
    "/staff/shifts/",
    "/staff/program/",
    "/people/",
    "/people/changes/",
    "/people/cards/",
    "/people/codes/",
)
TOO_SMALL = """() =>
    [...document.querySelectorAll("main :is(a[href], button, input:not([type=hidden]), select, summary)")]
    .filter((each) => each.checkVisibility() && !each.closest("p, li > a, .alert, .field-tick"))
    .filter((each) => { const box = each.getBoundingClientRect(); return box.height < 43.5 || box.width < 43.5; })
    .map((each) => each.outerHTML)"""


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def share(page: Page) -> None:
    page.goto("/account/")
    page.get_by_label("Name of this computer").fill("Front desk computer")
    page.get_by_role("button", name="Share this computer").click()
    expect(page.get_by_role("button", name="Stop sharing this computer")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_in_the_way(page: Page, theme: str, size: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(SIZES[size])
    sign_in(page, "ada")
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.evaluate(TOO_SMALL) == [], address
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], address


def test_two_taps_and_a_pin(page: Page) -> None:
    page.set_viewport_size(SIZES["phone"])
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
    assert Axe().run(page).response["violations"] == []
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
