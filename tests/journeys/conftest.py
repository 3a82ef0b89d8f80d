"""Workers with browsers, all at one demo program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browsing import Heard, Visit, Worker, enter, sign_in
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
    """`visit("sam", screen="phone", javascript=False)`: a worker with a browser of their own; "" has not signed in."""
    heard = Heard(server.url)
    contexts: list[BrowserContext] = []

    def come(username: str = "sam", *, screen: str = "desk", javascript: bool = True) -> Worker:
        state = sessions(username) if username else None
        context = enter(browser, server.url, state, screen=screen, javascript=javascript)
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
