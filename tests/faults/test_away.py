"""A database server that goes away: a page that says so, and back to work by itself."""

from __future__ import annotations

import signal
import time

import httpx
import pytest

from tests.faults.conftest import Program
from tests.faults.stoppable import Stoppable

#: Long enough for a pool that waits twice as long after each try to be asleep when the database comes back.
AWAY_SECONDS = 20
BACK_SECONDS = 10


def test_it_says_so_and_recovers(program_that_may_stop: Program, stoppable: Stoppable | None) -> None:
    if stoppable is None:
        pytest.skip("The embedded database is a file; it can't be away while its disk is there.")
    program = program_that_may_stop
    with program.running() as server, program.browser(server) as browser:
        assert program.record(browser).status_code == 302
        stoppable.stop(signal.SIGINT)
        away = program.record(browser, note="kept as typed")
        assert away.status_code == 503
        assert away.headers["retry-after"]
        assert "The database does not answer" in away.text
        assert "kept as typed" in away.text
        away_until = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < away_until:
            assert browser.get("/today/").status_code == 503
        stoppable.start()
        wait_until_taken(program, browser)
        assert [program.record(browser).status_code for _contact in range(8)] == [302] * 8
    program.assert_nothing_lost()


def wait_until_taken(program: Program, browser: httpx.Client) -> None:
    deadline = time.monotonic() + BACK_SECONDS
    while program.record(browser).status_code != 302:
        assert time.monotonic() < deadline, f"still away {BACK_SECONDS} seconds after the database came back"
        time.sleep(0.2)
