"""The phone app: how much it weighs, how soon it is there without a network, how long a saved contact takes.

Figures: field.first_load_kb (every byte over the wire from the page "This phone" until it is set up and the page to
record stands there); field.offline_start_ms (browser closed and opened again, no network, processor slowed four times;
until its scripts have run and the form works) and field.offline_loaded_ms (until the last font is there);
field.usual_bag_taps; field.tap_to_saved_ms and field.tap_to_saved_slowed_ms (slowed four times). Floors: the same
browser opens a page with one sentence from a service worker's cache, and writes one small record to an empty IndexedDB.
"""

from __future__ import annotations

import re
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import SHUT_WR, create_connection, create_server, socket

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from benchmarks.harness import PASSWORD, on_each_database, running, say, this_database

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "locale": "en-US"}
SLOWER = 4
ROUNDS = 7
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
WATCH = """() => {
    const notes = document.getElementById("phone-notes");
    const onSave = (event) => { if (event.target.closest(".save")) window.began = performance.now(); };
    addEventListener("click", onSave, true);
    new MutationObserver(() => requestAnimationFrame(() => { window.took = performance.now() - window.began; }))
        .observe(notes, { childList: true });
}"""
WRITE = """() => new Promise((resolve) => {
    const asked = indexedDB.open("floor", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("rows");
    asked.onsuccess = () => {
        const began = performance.now();
        const writing = asked.result.transaction("rows", "readwrite", { durability: "strict" });
        writing.objectStore("rows").put({ small: 1 }, crypto.randomUUID());
        writing.oncomplete = () => { resolve(performance.now() - began); asked.result.close(); };
    };
})"""


class Wire:
    """A stretch of wire between a browser and the server that counts bytes, and can be cut."""

    def __init__(self, beyond: str) -> None:
        self.beyond, self.bytes, self.is_cut = beyond, 0, False
        self._listening = create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            near, _address = self._listening.accept()
            if self.is_cut:
                near.close()
                continue
            host, _, port = self.beyond.partition(":")
            far = create_connection((host, int(port)))
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket, target: socket) -> None:
        try:
            while chunk := source.recv(65_536):
                if self.is_cut:
                    break
                self.bytes += len(chunk)
                target.sendall(chunk)
            target.shutdown(SHUT_WR)
        except OSError:
            target.close()


@contextmanager
def phone(playwright: Playwright, memory: Path, wire: Wire) -> Iterator[Page]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    context: BrowserContext = playwright.chromium.launch_persistent_context(
        memory, executable_path=chromium, args=FLAGS, base_url=wire.url, **PHONE
    )
    yield context.pages[0]
    context.close()


def slow_down(page: Page, rate: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("sam")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/record/"))


def measure_first_load(playwright: Playwright, wire: Wire, memory: Path) -> None:
    """Signing in happens in a browser of its own, so that nothing is in the phone's own cache yet."""
    with tempfile.TemporaryDirectory() as other, phone(playwright, Path(other), wire) as page:
        sign_in(page)
        cookies = page.context.cookies()
    with phone(playwright, memory, wire) as page:
        page.context.add_cookies(cookies)
        wire.bytes = 0
        page.goto("/field/")
        page.get_by_role("button", name="Set up this phone").click()
        page.wait_for_url(re.compile("/record/"))
        page.wait_for_load_state("networkidle")
        say("field.first_load_kb", wire.bytes / 1000, "kB", target=150)


def offline_starts(playwright: Playwright, wire: Wire, memory: Path, address: str) -> tuple[float, float]:
    """Median milliseconds, in a browser that was just opened, until a page works and until all of it is there."""
    took = []
    for _round in range(ROUNDS):
        with phone(playwright, memory, wire) as page:
            slow_down(page, SLOWER)
            page.goto(address)
            took.append((float(page.evaluate(READY)), float(page.evaluate(LOADED))))
    works, is_all_there = zip(*took, strict=True)
    return statistics.median(works), statistics.median(is_all_there)


def measure_offline_start(playwright: Playwright, wire: Wire, memory: Path) -> None:
    wire.is_cut = True
    floors = offline_starts(playwright, wire, memory, "/field/away/")
    values = offline_starts(playwright, wire, memory, "/record/")
    for name, value, floor in zip(("start", "loaded"), values, floors, strict=True):
        say(f"field.offline_{name}_ms", value, "ms", target=2000, floor=floor)


def measure_usual_bag(playwright: Playwright, wire: Wire, memory: Path) -> None:
    with phone(playwright, memory, wire) as page:
        page.goto("/record/")
        page.evaluate(WATCH)
        for name, rate in (("field.tap_to_saved_ms", 1), ("field.tap_to_saved_slowed_ms", SLOWER)):
            slow_down(page, rate)
            took, taps = [], 0
            for _round in range(ROUNDS):
                taps = record_usual_bag(page)
                took.append(float(page.evaluate("window.took")))
            floor = statistics.median(float(page.evaluate(WRITE)) for _round in range(ROUNDS))
            say(name, statistics.median(took), "ms", target=300 if rate == 1 else None, floor=floor)
        say("field.usual_bag_taps", taps, "taps", target=3)


def record_usual_bag(page: Page) -> int:
    page.evaluate("window.took = 0")
    page.get_by_role("button", name=re.compile("Injecting, 10")).tap()
    page.get_by_role("button", name="Save", exact=True).last.tap()
    while not page.evaluate("window.took > 0"):
        page.wait_for_timeout(10)
    return 2


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    with (
        running(database, "--demo") as (address, _process),
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory(prefix="alongside-phone-") as memory,
    ):
        wire = Wire(address)
        measure_first_load(playwright, wire, Path(memory))
        measure_offline_start(playwright, wire, Path(memory))
        measure_usual_bag(playwright, wire, Path(memory))


if __name__ == "__main__":
    main()
