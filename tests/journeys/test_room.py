"""The supervised room in a real browser: two screens of one board, and a board that has lost its server."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import Visit, Worker, enter
from tests.journeys.gate import NUMBER, Gate, gate_before
from tests.plugins.server import Server

pytestmark = pytest.mark.journey

FRESH_MS = 1_000
STALE_MS = 5_000
BUSY = 2
"""These tests share two cores with others; benchmarks/room.py measures what is promised."""


@pytest.fixture
def room(visit: Visit, screen: str) -> Worker:
    worker = visit("ines", screen=screen)
    worker.open("/room/")
    expect(worker.page.get_by_role("heading", level=1)).to_have_text("Grove Street room")
    return worker


def seat(page: Page, handle: str) -> Locator:
    return page.locator("li.seat", has_text=handle)


def sit_down(worker: Worker) -> str:
    """At the first free place. Answers what they are called."""
    page = worker.page
    free = page.locator("li.seat.free").first
    name = free.get_by_role("heading").inner_text()
    worker.tap(free.get_by_role("link", name="Seat somebody"))
    expect(page.get_by_role("radio", name=name, exact=True)).to_be_checked()
    page.get_by_role("checkbox", name="Heroin").check()
    page.get_by_role("radio", name="Injected").check()
    worker.look()
    worker.tap(worker.button("They use now"))
    taken = page.locator("li.seat.watched", has=page.get_by_text(name, exact=True))
    expect(taken).to_contain_text("Heroin · Injected")
    return taken.get_by_role("link").first.inner_text()


def test_a_visit_with_an_emergency_and_a_hand_over(room: Worker, visit: Visit, screen: str) -> None:
    page = room.page
    handle = sit_down(room)
    room.tap(seat(page, handle).get_by_role("button", name=re.compile("^Drowsy")))
    expect(seat(page, handle)).to_contain_text("drowsy")
    expect(seat(page, handle).locator("time")).to_have_text(re.compile("^0[0-2]:"))
    room.look()
    room.tap(seat(page, handle).get_by_role("button", name=re.compile("^Emergency")))
    expect(page.locator("#emergency")).to_be_visible()
    room.look()
    note(room, "Spoken to, shaken, rubbed")
    note(room, "Oxygen on")
    page.get_by_label("SpO₂, percent").fill("48")
    note(room, "Note SpO₂")
    note(room, "Naloxone given")
    correct_last_reading(room)
    offer_and_take_over(room, visit, handle)
    page.get_by_role("radio", name="Recovered, still here").check()
    room.tap(room.button("It is over"))
    page.get_by_text("They leave", exact=True).click()
    room.tap(room.button("They have left"))
    expect(page.get_by_text(f"{handle} has left.")).to_be_visible()
    expect(seat(page, handle)).to_have_count(0)


def note(room: Worker, button: str) -> None:
    """One tap, one line more."""
    rows = room.page.locator("tbody tr")
    count = rows.count()
    room.tap(room.button(button))
    expect(rows).to_have_count(count + 1)


def correct_last_reading(room: Worker) -> None:
    """48 was 84. The wrong line stays to be read."""
    page = room.page
    row = page.locator("tbody tr", has_text="48 %")
    room.tap(row.get_by_role("link", name=re.compile("^Correct")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Put a line right")
    room.look()
    page.get_by_label("SpO₂, percent").fill("84")
    room.tap(room.button("Write the new line"))
    expect(page.locator("tbody tr", has_text="84 %")).to_be_visible()
    expect(page.locator("tr.struck", has_text="48 %")).to_contain_text("(corrected)")


def offer_and_take_over(room: Worker, visit: Visit, handle: str) -> None:
    """Also with an emergency open: then it is on the list that the colleague looks at."""
    page = room.page
    here = page.url
    address = page.get_by_role("link", name="The board").get_attribute("href") or ""
    room.open(f"{address}hand-over/")
    room.tap(room.button("Offer the room"))
    expect(room.button("Keep the room after all")).to_be_visible()
    colleague = visit("lou")
    colleague.open(address)
    colleague.tap(colleague.page.get_by_role("link", name="Take the room over"))
    expect(colleague.page.locator("li.emergency", has_text=handle)).to_be_visible()
    colleague.look()
    colleague.tap(colleague.button("I have seen everybody. I take over."))
    expect(colleague.page.get_by_text("The room is yours.")).to_be_visible()
    page.goto(here)


@pytest.mark.once
def test_a_board_shows_what_another_does_and_says_when_it_can_not(
    visit: Visit, browser: Browser, server: Server, sessions: Callable[[str], object]
) -> None:
    first = visit("ines")
    first.open("/room/")
    with gate_before(server.url, host=NUMBER) as gate, board_behind(browser, gate, sessions("ines")) as board:
        handle = sit_down(first)
        expect(seat(board, handle)).to_be_visible(timeout=FRESH_MS * BUSY * 2)
        assert seconds_until_seen(first, board, handle) * 1000 < FRESH_MS * BUSY
        gate.is_shut = True
        began = time.monotonic()
        expect(board.locator("[data-stale]")).to_be_visible(timeout=STALE_MS * BUSY)
        assert (time.monotonic() - began) * 1000 < STALE_MS * BUSY
        expect(board.locator("[data-live]")).to_be_hidden()
        gate.is_shut = False
        expect(board.locator("[data-live]")).to_be_visible(timeout=STALE_MS * BUSY)
    leave(first, handle)


def seconds_until_seen(first: Worker, board: Page, handle: str) -> float:
    """From the answer to the one who tapped until the other board says so."""
    first.tap(seat(first.page, handle).get_by_role("button", name=re.compile("^Drowsy")))
    expect(seat(first.page, handle)).to_contain_text("drowsy")
    began = time.monotonic()
    expect(seat(board, handle)).to_contain_text("drowsy")
    return time.monotonic() - began


def leave(worker: Worker, handle: str) -> None:
    worker.tap(seat(worker.page, handle).get_by_role("link", name=handle))
    worker.page.get_by_text("They leave", exact=True).click()
    worker.tap(worker.button("They have left"))


@contextmanager
def board_behind(browser: Browser, gate: Gate, state: object) -> Iterator[Page]:
    """A second screen, whose network can be cut."""
    context = enter(browser, gate.url, state, screen="desk")
    page = context.new_page()
    page.goto("/room/")
    yield page
    context.close()


@pytest.mark.once
def test_the_board_without_javascript_loads_itself_again(visit: Visit) -> None:
    worker = visit("sam", javascript=False)
    page = worker.open("/room/")
    expect(page.get_by_text("This page loads itself again every 5 seconds.")).to_be_visible()
    before = page.locator("[data-room]").get_attribute("data-now")
    expect(page.locator("[data-room]")).not_to_have_attribute("data-now", before or "", timeout=15_000)
