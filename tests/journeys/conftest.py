"""Workers with browsers, all at one demo program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.browsing import Heard, Visit, Worker, enter, sign_in
from tests.journeys.gate import Gate, gate_before
from tests.journeys.phones import PHONE, Phone
from tests.plugins.browser import FLAGS
from tests.plugins.server import Server


@pytest.fixture(scope="session")
def sessions(browser: Browser, server: Server) -> Callable[[str], Any]:
    """Each of the demo program's people signs in once, through the form; then their cookies are used."""
    known: dict[str, Any] = {}

    def state_of(username: str) -> Any:
        if username not in known:
            with browser.new_context(base_url=server.url) as context:
                sign_in(context.new_page(), username)
                known[username] = context.storage_state()
        return known[username]

    return state_of


@pytest.fixture
def visit(browser: Browser, server: Server, sessions: Callable[[str], Any]) -> Iterator[Visit]:
    """`visit("sam", screen="phone", javascript=False)`: a worker with a browser of their own; "" has not signed in.
    `within` is another browser than the usual one.
    """
    heard = Heard(server.url)
    contexts: list[BrowserContext] = []

    def come(
        username: str = "sam", *, screen: str = "desk", javascript: bool = True, within: Browser = browser
    ) -> Worker:
        state = sessions(username) if username else None
        context = enter(within, server.url, state, screen=screen, javascript=javascript)
        heard.listen(context)
        contexts.append(context)
        return Worker(context.new_page(), heard)

    yield come
    for context in contexts:
        context.close()
    assert heard.complaints == []


@pytest.fixture(params=["phone", pytest.param("desk", marks=pytest.mark.once)])
def screen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def gate(server: Server) -> Iterator[Gate]:
    with gate_before(server.url) as gate:
        yield gate


@pytest.fixture
def phone(
    playwright: Playwright, chromium: str, gate: Gate, sessions: Callable[[str], Any], tmp_path: Path
) -> Iterator[Phone]:
    def launch(memory: Path) -> BrowserContext:
        return playwright.chromium.launch_persistent_context(
            memory, executable_path=chromium, args=FLAGS, base_url=gate.url, **PHONE
        )

    phone = Phone(launch, tmp_path / "memory", sessions)
    yield phone
    phone.context.close()
    assert phone.heard == []


@pytest.fixture
def today(browser: Browser, server: Server, sessions: Callable[[str], Any]) -> Iterator[Callable[[], str]]:
    """What the server has on today's list, over all its pages."""
    with browser.new_context(base_url=server.url, storage_state=sessions("ines"), locale="en-US") as context:

        def read() -> str:
            pages = [context.request.get("/today/").text()]
            while f"page={len(pages) + 1}" in pages[-1]:
                pages.append(context.request.get(f"/today/?page={len(pages) + 1}").text())
            return "\n".join(pages).replace(",", "")

        yield read
