"""Opening the program in a real Chromium the way a worker does, and hearing everything the browser complains about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from alongside.config import demo

SCREENS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
}
A_PAGE_WITH_A_FAULT = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
AXE = {"preload": False, "resultTypes": ["violations"]}
LOOKS = """() => {
    const looks = new Map();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
        const own = getComputedStyle(element);
        const look = [own.color, own.fontSize, own.fontWeight];
        for (let each = element; each; each = each.parentElement) {
            const under = getComputedStyle(each);
            look.push(under.backgroundColor, under.backgroundImage, under.opacity);
        }
        if (!looks.has(look.join())) looks.set(look.join(), element);
    }
    return [...looks.values()];
}"""
Theme = Literal["light", "dark"]
ALL = "options => axe.run(document, options)"
ALL_BUT_COLOURS = "options => axe.run(document, {...options, rules: {'color-contrast': {enabled: false}}})"
COLOURS = f"options => axe.run({{include: ({LOOKS})()}}, {{...options, runOnly: ['color-contrast']}})"
"""Colours are half of axe's work: here of all texts that have the same colour and size on the same ground, one."""
THOROUGHLY: Sequence[tuple[Theme, str]] = (("light", ALL), ("dark", COLOURS))
"""A theme changes nothing but colours: everything is looked at in the light, with what lies over what."""
QUICKLY: Sequence[tuple[Theme, str]] = (("light", ALL_BUT_COLOURS), ("light", COLOURS), ("dark", COLOURS))
"""For the crawl of all pages: what lies over what is left to the journeys."""
TOO_SMALL = """() =>
    [...document.querySelectorAll("main :is(a[href], button, input:not([type=hidden]), select, summary)")]
    .filter((each) => each.checkVisibility())
    .filter((each) => !each.closest("p, li > a, .alert, .field-tick, .chip, .visually-hidden"))
    .filter((each) => {
        const box = (each.closest("label") ?? each).getBoundingClientRect();
        return box.height < 43.5 || box.width < 43.5;
    })
    .map((each) => each.outerHTML)"""
OWN = ("data:", "blob:", "about:")


@dataclass
class Heard:
    """What no page may ever cause: errors in the console, a broken answer, a request that leaves the program."""

    origin: str
    complaints: list[str] = field(default_factory=list)
    has_axe: bool = False
    """axe writes styles into the page, and the page's policy objects. `test_every_page` listens before axe comes."""

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._on_request)
        context.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        is_axe = self.has_axe and message.text.startswith("Applying inline style")
        if message.type in {"error", "warning"} and not is_axe and not A_PAGE_WITH_A_FAULT.match(message.text):
            self.complaints.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, *OWN)):
            self.complaints.append(f"left for {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} from {response.url}")


@dataclass
class Worker:
    """Somebody with a browser. Counts taps, because a contact may take three."""

    page: Page
    heard: Heard
    taps: int = 0

    def tap(self, what: Locator) -> None:
        self.taps += 1
        if self.page.context.browser and self.page.evaluate("navigator.maxTouchPoints > 0"):
            what.tap()
        else:
            what.click()

    def open(self, address: str) -> Page:
        self.page.goto(address)
        return self.page

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    def look(self) -> None:
        self.heard.has_axe = True
        look_at(self.page)

    @property
    def saved_note(self) -> Locator:
        return self.page.locator(".saved-note")


def look_at(page: Page) -> None:
    """Nothing is in the way: axe finds nothing, nothing is scrolled sideways, nothing is too small for a thumb."""
    assert faults_of(page) == [], page.url


def is_too_wide(page: Page) -> bool:
    return not page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def faults_of(page: Page, how: Sequence[tuple[Theme, str]] = THOROUGHLY) -> list[str]:
    page.wait_for_load_state()
    faults = [f"too small: {each[:200]}" for each in page.evaluate(TOO_SMALL)]
    if is_too_wide(page):
        faults.append("wider than the screen")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for theme, axe in how:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = page.evaluate(axe, AXE)["violations"]
        faults += [f"{each['id']} in {theme}: {each['nodes'][0]['html'][:200]}" for each in found]
    return faults


Visit = Callable[..., Worker]


def enter(browser: Browser, origin: str, state: Any, *, screen: str, javascript: bool = True) -> BrowserContext:
    return browser.new_context(
        base_url=origin, storage_state=state, java_script_enabled=javascript, locale="en-US", **SCREENS[screen]
    )


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("sign-in"))
