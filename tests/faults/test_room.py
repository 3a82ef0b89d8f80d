"""Everything killed while the room is full: the board is back with the right clocks, and no line is lost."""

from __future__ import annotations

import re
import threading
import time
from uuid import uuid4

import httpx
import pytest

from tests.faults.conftest import CSRF, Program, in_home
from tests.faults.test_kill import processes_of
from tests.plugins.server import Server, running

BACK_SECONDS = 10
BUSY = 2
"""These tests share two cores with others; benchmarks/room.py measures what is promised."""
ANSWERS = 30
ANSWERS_WITHIN_SECONDS = 120
CARD = re.compile(
    r'<li class="seat (?P<stage>\w+)[^"]*" id="visit-(?P<visit>[0-9a-f-]+)"(?: data-look="(?P<look>\d+)")?'
)


def clocks_on(board: str) -> dict[str, tuple[str, str | None]]:
    return {found["visit"]: (found["stage"], found["look"]) for found in CARD.finditer(board)}


class Room:
    """A full room on a server that is about to be treated badly."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._made = in_home(program.home, "fill", database_url=program.database_url, module="tests.faults.room_seed")
        self.answered: set[str] = set()

    @property
    def address(self) -> str:
        return f"/room/{self._made['site']}/"

    @property
    def visits(self) -> list[str]:
        return list(self._made["visits"])

    def board(self, browser: httpx.Client) -> str:
        answer = browser.get(self.address)
        assert answer.status_code == httpx.codes.OK
        return answer.text

    def look_in(self, browser: httpx.Client, visit: str) -> None:
        """By a plain form. Remembers what the server said it wrote down."""
        source = str(uuid4())
        said = {"do": "look", "state": "awake", "source": source, "csrfmiddlewaretoken": CSRF}
        answer = browser.post(f"/room/visits/{visit}/do/", data=said)
        if answer.status_code == httpx.codes.FOUND:
            self.answered.add(source)

    def keep_looking(self, server: Server, visit: str) -> threading.Thread:
        def look() -> None:
            with self.program.browser(server) as browser:
                while True:
                    try:
                        self.look_in(browser, visit)
                    except httpx.HTTPError:
                        return

        thread = threading.Thread(target=look)
        thread.start()
        return thread

    def assert_whole(self) -> None:
        found = in_home(
            self.program.home, "look", database_url=self.program.database_url, module="tests.faults.room_seed"
        )
        assert self.answered - set(found["sources"]) == set()
        assert found["broken_at"] is None
        assert found["is_one"]


@pytest.fixture
def room(program: Program) -> Room:
    return Room(program)


def test_the_board_is_back_with_the_right_clocks(room: Room) -> None:
    with room.program.running() as server, room.program.browser(server) as browser:
        before = clocks_on(room.board(browser))
        assert len(before) == len(room.visits)
        for process in processes_of(server):
            process.kill()
        server.process.wait()
    began = time.monotonic()
    with running(room.program.home, "--host", "127.0.0.1", database_url=room.program.database_url) as server:
        with room.program.browser(server) as browser:
            after = clocks_on(room.board(browser))
        assert time.monotonic() - began < BACK_SECONDS * BUSY
    assert after == before
    assert sorted(stage for stage, _look in after.values()) == ["emergency"] + ["watched"] * 7


def test_no_line_that_was_answered_is_lost(room: Room) -> None:
    with room.program.running() as server:
        threads = [room.keep_looking(server, visit) for visit in room.visits[:3]]
        deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
        while len(room.answered) < ANSWERS and time.monotonic() < deadline:
            time.sleep(0.01)
        for process in processes_of(server):
            process.kill()
        for thread in threads:
            thread.join()
        server.process.wait()
    assert len(room.answered) >= ANSWERS
    room.assert_whole()
