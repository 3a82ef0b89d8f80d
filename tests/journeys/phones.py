"""A worker's phone: a browser whose memory survives its being closed, behind a network that comes and goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browsing import SCREENS, look_at
from tests.journeys.gate import NAME

NO_NETWORK = re.compile(
    r"net::ERR_|status of (?:4\d\d|503)|Applying inline style|Password forms should have"
    r"|icon from the Manifest: \S+ \(Download error"
)
"""The browser fetches the app's picture when it likes, also while the network is gone; `tests/field` reads it."""

Launch = Callable[[Path], BrowserContext]


@dataclass
class Phone:
    """Somebody's phone. `reopen` is what a flat battery does to it; it ends the session, too."""

    launch: Launch
    memory: Path
    sessions: Callable[[str], Any]
    heard: list[str] = field(default_factory=list)
    taps: int = 0

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.context = self.launch(self.memory)
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self.heard.append(str(error.error)))
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()

    def reopen(self) -> None:
        self.context.close()
        self.open()

    def _on_console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not NO_NETWORK.search(message.text):
            self.heard.append(message.text)

    def sign_in(self, username: str) -> None:
        cookies = self.sessions(username)["cookies"]
        self.context.add_cookies([{**cookie, "domain": NAME} for cookie in cookies])

    def set_up(self, username: str) -> None:
        self.sign_in(username)
        self.go("/field/")
        self.page.get_by_role("button", name="Set up this phone").tap()
        expect(self.page).to_have_url(re.compile("/record/"), timeout=60_000)
        expect(self.bar).to_contain_text("Everything is sent.")

    def go(self, address: str) -> Page:
        self.page.goto(address)
        return self.page

    def held(self, store: str) -> Any:
        """All that the app holds in one of its stores."""
        return self.page.evaluate(HELD, store)

    @property
    def bar(self) -> Any:
        return self.page.locator("#phone")

    def tap(self, what: Any) -> None:
        self.taps += 1
        what.tap()

    def save(self) -> None:
        self.tap(self.page.get_by_role("button", name="Save", exact=True).last)

    def give(self, item: str, quantity: int) -> None:
        self.page.get_by_label("Find an item").fill(item)
        self.page.get_by_role("spinbutton", name=re.compile(f"^{item}")).fill(str(quantity))

    def give_and_save(self, item: str, quantity: int) -> None:
        self.give(item, quantity)
        self.save()
        expect(self.page.locator(".saved-note")).to_contain_text(f"{quantity} × {item}")

    def give_quickly(self, item: str, quantities: range) -> None:
        """The same without a finger: many contacts in a row, each saved before the next."""
        self.page.evaluate(GIVE, [item, list(quantities)])

    def written(self) -> Iterator[bytes]:
        """Every file that the browser left on the disk; it has to be closed."""
        return (file.read_bytes() for file in self.memory.rglob("*") if file.is_file())

    def wait_until(self, script: str) -> None:
        """Like `wait_for_function`, which takes a promise for a yes."""
        assert self._comes_true(script, seconds=30), f"Never true: {script}"

    def go_until(self, address: str, script: str) -> None:
        """A browser looks for a newer app when a page is opened; one that could not be kept comes with the next."""
        for _try in range(6):
            self.go(address)
            if self._comes_true(script, seconds=10):
                return
        raise AssertionError(f"Never true: {script}")

    def _comes_true(self, script: str, *, seconds: int) -> bool:
        for _try in range(seconds * 10):
            if self.page.evaluate(script):
                return True
            self.page.wait_for_timeout(100)
        return False

    def look(self) -> None:
        """Nothing is in the way, by day or by night."""
        look_at(self.page)


GIVE = """async ([item, quantities]) => {
    const form = document.querySelector("form[data-recording]"), notes = document.getElementById("phone-notes");
    const row = [...document.querySelectorAll("#item-list label")].find((each) => each.textContent.startsWith(item));
    for (const quantity of quantities) {
        document.getElementById(row.htmlFor).value = quantity;
        const saved = new Promise((resolve) => new MutationObserver(resolve).observe(notes, { childList: true }));
        form.requestSubmit();
        await saved;
        await new Promise((resolve) => setTimeout(resolve));
    }
}"""
HELD = """(store) => new Promise((resolve) => {
    indexedDB.open("alongside-phone").onsuccess = ({ target }) => {
        const asked = target.result.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => { resolve(asked.result); target.result.close(); };
    };
})"""
PHONE = {**SCREENS["phone"], "locale": "en-US"}
