"""The supervised room's board: how soon it shows a change, how soon it says that it is stale, how soon it is back.

Figures: room.change_seen_ms (median; from the answer to whoever wrote a line until the board in a real Chromium shows
it) and room.change_seen_worst_ms; room.stale_after_ms (from the moment at which every process of the server is
stopped dead, as if it hung, until the board says STALE); room.back_after_kill_s (everything killed with the room full;
from starting anew until the board answers); room.poll_ms (one question of a board that has nothing new). The floor
beside the last is an answer of the same server that asks the database nothing about the room: the member's own check.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks.harness import PASSWORD, Browser, Database, on_each_database, running, say, this_database

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ROUNDS = 20
POLLS = 100
HANDLE = re.compile(r'href="/room/visits/(?P<visit>[0-9a-f-]{36})/">(?P<handle>[^<]+)</a></h2>')
BOARD = re.compile(r'data-state="(?P<state>[^"]+)" data-stamp="(?P<stamp>[^"]+)"')
WATCH = """([handle, isDrowsy]) => {
    window.seen = 0;
    const look = () => [...document.querySelectorAll("li.seat")].some((seat) =>
        seat.textContent.includes(handle) && seat.textContent.includes("· drowsy") === isDrowsy);
    const watch = () => { if (look()) window.seen = Date.now(); else setTimeout(watch, 2); };
    watch();
}"""
WATCH_STALE = """() => {
    window.seen = 0;
    const stale = document.querySelector("[data-stale]");
    const watch = () => { if (!stale.hidden) window.seen = Date.now(); else setTimeout(watch, 2); };
    watch();
}"""


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("lou")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/record/"))


def seen_at_ms(page: Page) -> float:
    while not (found := page.evaluate("window.seen")):
        page.wait_for_timeout(5)
    return float(found)


def board_of(worker: Browser) -> tuple[str, str]:
    """The address of the demo's room and what it shows."""
    address = re.search(r'href="(/room/\d+/)arrive/', follow(worker, "/room/"))
    assert address
    return address[1], worker.get(address[1])[1]


def follow(worker: Browser, path: str) -> str:
    """The demo has one room, whose number a list of sites does not say."""
    for number in range(1, 20):
        status, page = worker.get(f"{path}{number}/")
        if status == 200:
            return page
    raise SystemExit("The demo program has no room.")


def measure_change(page: Page, worker: Browser, board: str) -> None:
    found = HANDLE.search(board)
    assert found
    took = []
    for round_ in range(ROUNDS):
        is_drowsy = round_ % 2 == 0
        page.evaluate(WATCH, [found["handle"], is_drowsy])
        said = {"do": "look", "state": "drowsy" if is_drowsy else "awake", "source": str(uuid4())}
        worker.post(f"/room/visits/{found['visit']}/do/", said)
        answered_ms = time.time() * 1000
        took.append(max(0.0, seen_at_ms(page) - answered_ms))
    say("room.change_seen_ms", statistics.median(took), "ms", target=1000)
    say("room.change_seen_worst_ms", max(took), "ms", target=1000)


def measure_poll(worker: Browser, board: str) -> None:
    found = BOARD.search(board)
    assert found
    stamp = BOARD.search(worker.get(found["state"].removesuffix("state/"))[1])
    assert stamp
    asked = milliseconds(worker, f"{found['state']}?have={stamp['stamp']}")
    say("room.poll_ms", asked, "ms", floor=milliseconds(worker, "/room/0/"))


def milliseconds(worker: Browser, path: str) -> float:
    took = []
    for _round in range(POLLS):
        began = time.perf_counter()
        worker.get(path)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def everybody(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    first = psutil.Process(process.pid)
    return [first, *first.children(recursive=True)]


def measure_stale(page: Page, process: subprocess.Popen[bytes]) -> None:
    page.evaluate(WATCH_STALE)
    stopped = everybody(process)
    began_ms = time.time() * 1000
    for each in stopped:
        os.kill(each.pid, signal.SIGSTOP)
    say("room.stale_after_ms", seen_at_ms(page) - began_ms, "ms", target=5000)
    for each in stopped:
        os.kill(each.pid, signal.SIGCONT)


def measure_back(database: Database, worker: Browser, address: str, process: subprocess.Popen[bytes]) -> None:
    for each in everybody(process):
        each.kill()
    process.wait()
    began = time.perf_counter()
    with running(database, "--demo") as (host, _process):
        again = Browser(host, "lou")
        again.cookies = worker.cookies
        status, _page = again.get(address)
        assert status == 200
        say("room.back_after_kill_s", time.perf_counter() - began, "s", target=10)


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    with running(database, "--demo") as (host, process), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = chromium.new_context(base_url=f"http://{host}").new_page()
        sign_in(page)
        worker = Browser(host)
        address, board = board_of(worker)
        page.goto(address)
        measure_change(page, worker, board)
        measure_poll(worker, board)
        measure_stale(page, process)
        chromium.close()
        measure_back(database, worker, address, process)


if __name__ == "__main__":
    main()
