"""`kill -9` in the middle of an import: started again, it goes on by itself, and every line counts once."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from tests.faults.conftest import CSRF, SYRINGE, Program
from tests.faults.test_kill import processes_of
from tests.plugins.server import Server

LINES = 6_000
WITHIN_SECONDS = 240
"""The lease of the killed runner has to run out first."""


def sheet() -> bytes:
    lines = (f"20{10 + number % 10}-03-{number % 28 + 1:02},Main site,{number % 40 + 1}" for number in range(LINES))
    return "\n".join(["Date,Site,Syringes", *lines]).encode()


def begin_import(browser: httpx.Client) -> str:
    """Upload, match and start. Answers the address of the import's page."""
    token = {"csrfmiddlewaretoken": CSRF}
    page = browser.post("/import/", data=token, files={"file": ("long.csv", sheet())}, follow_redirects=True)
    place = re.sub(r"columns/$", "", page.url.path)
    chosen = {"column_0": "date", "column_1": "site", "column_2": f"item:{SYRINGE}", "moves_stock": "on"}
    said = chosen | {"missing_sites": "desk", "people": "one", "date_order": ""}
    assert browser.post(f"{place}columns/", data=said | token).status_code == 302
    wait_for(browser, place, f"Import {LINES:,} lines")
    assert browser.post(f"{place}run/", data=token).status_code == 302
    return place


def wait_for(browser: httpx.Client, place: str, text: str) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while text not in (page := browser.get(place).text):
        assert time.monotonic() < deadline, page
        time.sleep(0.2)


def kill(server: Server) -> None:
    for process in processes_of(server):
        process.kill()
    server.process.wait()


def test_an_import_goes_on_after_everything_was_killed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_LEASE_SECONDS", "5")
    with program.running() as server, program.browser(server) as browser:
        place = begin_import(browser)
        deadline = time.monotonic() + WITHIN_SECONDS
        while 'value="0"' in (page := browser.get(place).text) or "<progress" not in page:
            assert time.monotonic() < deadline, page
        kill(server)
    before = program.look()
    assert 0 < len(before["contacts"]) < LINES
    with program.running() as server, program.browser(server) as browser:
        wait_for(browser, place, "It counts in every report")
    after = program.look()
    assert len(after["contacts"]) == LINES
    assert after["is_whole"]
    assert after["integrity"] == "ok"
