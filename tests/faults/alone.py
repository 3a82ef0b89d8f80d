"""Somebody who uses alone, over and over, by a page on a server that keeps dying. Remembers what they were promised."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

FORM = {"protocol": "short", "place": "Heron Street 9", "entry": "", "more": "", "friend": ""}
PASS = re.compile(r'name="pass" value="([^"]+)"')
NEVER, IN_TIME, LATE = "never", "ok", "late_ok"


@dataclass(kw_only=True)
class Promise:
    """What a check-in's page said. Times by this computer's clock, which here is the database's too."""

    begin: str
    shown: str
    """What opens their check-in, as it stands in the page's own form."""
    due_ms: float = 0
    said: str = NEVER
    """What the page called it after they had said OK."""

    @property
    def path(self) -> str:
        return f"{self.begin}now/"

    @property
    def key(self) -> tuple[str, str]:
        """The program and the word."""
        return self.begin.strip("/").split("/")[-1], self.shown.partition(":")[0]


@dataclass(kw_only=True)
class Person:
    """Starts one check-in after the other until there is no time left."""

    url: str
    begins: list[str]
    chance: random.Random
    most: int
    promises: list[Promise] = field(default_factory=list)
    refused: int = 0

    def live(self, stopping: threading.Event) -> None:
        with httpx.Client(base_url=self.url, timeout=5, follow_redirects=False) as browser:
            while not stopping.is_set() and len(self.promises) < self.most:
                if promise := self._start(browser):
                    self.promises.append(promise)
                    self._go_on(browser, promise)
                else:
                    time.sleep(0.1)

    def _start(self, browser: httpx.Client) -> Promise | None:
        """None if there was no answer, or none that says covered. Their phones keep no cookies."""
        begin = self.chance.choice(self.begins)
        answer = _tried(lambda: browser.post(begin, data=FORM))
        browser.cookies.clear()
        if answer is None or answer.status_code != httpx.codes.OK:
            self.refused += answer is not None
            return None
        shown = PASS.search(answer.text)
        assert shown, "a page that says neither covered nor not"
        return Promise(begin=begin, shown=shown[1])

    def _go_on(self, browser: httpx.Client, promise: Promise) -> None:
        """Some fall silent, some ask for more time, most say OK: a few at the deadline or after it."""
        self._read(browser, promise)
        kind = self.chance.random()
        more = {"do": "more", "pass": promise.shown}
        if 0.3 < kind < 0.6 and _tried(lambda: browser.post(promise.path, data=more)):
            self._read(browser, promise)
        if kind > 0.9:
            time.sleep(self.chance.uniform(3, 5))
        if kind > 0.4:
            self._say_ok(browser, promise)

    def _read(self, browser: httpx.Client, promise: Promise) -> str:
        """Their deadline, as the page shows it."""
        answer = _patiently(lambda: browser.post(f"{promise.path}state/", data={"pass": promise.shown}))
        data = answer.json()
        promise.due_ms = time.time() * 1000 + data["left_ms"]
        return str(data["mark"]).split("/")[0]

    def _say_ok(self, browser: httpx.Client, promise: Promise) -> None:
        """Until they know that it was heard."""
        _patiently(lambda: browser.post(promise.path, data={"do": "ok", "pass": promise.shown}))
        due_ms = promise.due_ms
        promise.said = self._read(browser, promise)
        promise.due_ms = due_ms


def _tried(ask: Callable[[], httpx.Response]) -> httpx.Response | None:
    try:
        return ask()
    except httpx.HTTPError:
        return None


def _patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """For as long as somebody would hold on to their phone."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        answer = _tried(ask)
        if answer is not None and answer.status_code == httpx.codes.OK:
            return answer
        time.sleep(0.05)
    raise AssertionError("The page did not come back.")
