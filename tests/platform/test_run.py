"""Starting and stopping, as somebody sees it in their terminal."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from tests.plugins.homes import home_like, prepare
from tests.plugins.server import database, environment_for, free_port, running

pytestmark = [pytest.mark.slow, pytest.mark.fault]

MOST_MEBIBYTES = 250
HEAVY = ("altair", "statsmodels", "openpyxl", "pandas", "scipy")


def run_once(home: Path, *, port: int, **more: str) -> subprocess.CompletedProcess[str]:
    """For starts that are refused."""
    environment = environment_for(home, port=port, database_url="") | more
    command = [sys.executable, "-m", "alongside.config.cli", "run"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_it_says_where_it_is_and_where_its_keys_are(tmp_path: Path, database_kind: str) -> None:
    with database(database_kind, f"run_{tmp_path.name}_{os.getpid()}") as url:
        with running(tmp_path, "--host", "127.0.0.1", database_url=url) as server:
            assert httpx.get(f"{server.url}/?a-secret=4711", follow_redirects=True).status_code == 200
        first = server.output
        with running(tmp_path, "--host", "127.0.0.1", database_url=url) as server:
            pass
        second = server.output
    assert re.search(r"Alongside is running at http://127\.0\.0\.1:\d+/", first)
    assert f"New keys were made in {tmp_path}/keys" in first
    assert "codes.key: Without it no participant code can be matched" in first
    assert f"The keys are in {tmp_path}/keys." in second
    assert "New keys" not in second
    assert "Preparing the assets" not in second
    assert "Nobody can sign in yet" in first
    for told in (first, second):
        assert "Traceback" not in told
        assert "4711" not in told
        assert not re.search(r"127\.0\.0\.1(?!:\d+/)", told), "no visitor's address"


def test_it_is_small(tmp_path: Path, database_kind: str) -> None:
    with (
        home_like(prepare, tmp_path, kind=database_kind) as home,
        running(tmp_path, "--host", "127.0.0.1", database_url=home.database_url) as server,
    ):
        supervisor = psutil.Process(server.process.pid)
        everybody = [supervisor, *supervisor.children(recursive=True)]
        mebibytes = sum(process.memory_full_info().pss for process in everybody) / 2**20
    assert len(everybody) >= 5  # the supervisor, two for pages, the jobs, and the alarms with what they start
    assert mebibytes < MOST_MEBIBYTES


@pytest.mark.once
def test_nothing_heavy_is_loaded_at_the_start() -> None:
    loading = f"import sys, alongside.config.wsgi; print([name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", loading], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


@pytest.mark.once
def test_the_supervisor_stays_without_django() -> None:
    loading = "import sys, alongside.config.supervisor, alongside.config.cli; print('django' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", loading], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "False"


@pytest.mark.once
def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = run_once(tmp_path, port=port)
    assert refused.returncode == 1
    assert f"can't listen at 127.0.0.1:{port}" in refused.stderr
    assert f"PORT={port + 1}" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.once
def test_one_program_for_each_home(tmp_path: Path) -> None:
    with home_like(prepare, tmp_path, kind="sqlite"), running(tmp_path, "--host", "127.0.0.1") as server:
        refused = run_once(tmp_path, port=free_port())
    assert refused.returncode == 1
    assert f"Alongside already runs from {tmp_path}, at {server.url}/" in refused.stderr


@pytest.mark.once
def test_a_lost_key_stops_the_start(tmp_path: Path) -> None:
    with home_like(prepare, tmp_path, kind="sqlite"):
        (tmp_path / "keys" / "codes.key").unlink()
    refused = run_once(tmp_path, port=free_port())
    assert refused.returncode == 1
    assert "Put the key file back" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "keys" / "codes.key").exists()


@pytest.mark.once
def test_an_address_that_is_no_database_is_refused(tmp_path: Path) -> None:
    refused = run_once(tmp_path, port=free_port(), ALONGSIDE_DATABASE_URL="mysql://nowhere")
    assert refused.returncode == 1
    assert "has to look like postgresql://" in refused.stderr
    away = run_once(tmp_path, port=free_port(), ALONGSIDE_DATABASE_URL="postgresql://x@127.0.0.1:1/nothing")
    assert away.returncode == 1
    assert "The database can't be opened" in away.stdout + away.stderr
    assert "Traceback" not in away.stdout + away.stderr
