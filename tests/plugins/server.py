"""The real program, started as a person would start it, for tests that talk to it from outside."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.plugins import place

START_SECONDS = 180
DEMO_DAYS = "60"  # two years take half a minute, and no journey needs them
STOP_SECONDS = 15
INHERITED = {"ALONGSIDE_LEASE_SECONDS"}


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running `alongside run` with a home of its own."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        return (self.home / "output.txt").read_text(errors="replace")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What drives the real program goes first: begun last, it would keep one of xdist's workers busy while the other
    has nothing left.
    """
    yield
    items.sort(key=lambda item: not is_long(item))


def is_long(item: pytest.Item) -> bool:
    return bool({"server", "page"} & {*getattr(item, "fixturenames", ())}) or "slow" in item.keywords


@contextmanager
def running(home: Path, *arguments: str, database_url: str = "", command: str = "") -> Iterator[Server]:
    """Start the program on a free port, wait for its first page, and stop it as Ctrl-C does."""
    port = free_port()
    program = command or str(Path(sys.executable).with_name("alongside"))
    with (home / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [program, "run", *arguments],
            env=environment_for(home, port=port, database_url=database_url),
            cwd=home,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(url=f"http://127.0.0.1:{port}", home=home, process=process)
    try:
        wait_until_up(server)
        yield server
    finally:
        stop(server)


def environment_for(home: Path, *, port: int, database_url: str) -> dict[str, str]:
    strange = ("ALONGSIDE_", "DJANGO_")
    inherited = {name: value for name, value in os.environ.items() if name in INHERITED or not name.startswith(strange)}
    chosen = {"ALONGSIDE_HOME": str(home), "PORT": str(port), "ALONGSIDE_DEMO_DAYS": DEMO_DAYS}
    chosen["ALONGSIDE_ADDRESS"] = f"http://127.0.0.1:{port}"
    return inherited | chosen | ({"ALONGSIDE_DATABASE_URL": database_url} if database_url else {})


def wait_until_up(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            pytest.fail(f"The server stopped while it was starting:\n{server.output}")
        if answers(server.url):
            return
        time.sleep(0.1)
    pytest.fail(f"The server was not up after {START_SECONDS} seconds:\n{server.output}")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def stop(server: Server) -> None:
    if server.process.poll() is None:
        os.killpg(server.process.pid, signal.SIGINT)
    try:
        server.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        pytest.fail(f"The server did not stop within {STOP_SECONDS} seconds:\n{server.output}")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def database(kind: str, name: str, *, like: str = "") -> Iterator[str]:
    """A database for a server of its own, empty or a copy; empty text means the file in its home."""
    if kind == "sqlite":
        yield ""
        return
    wanted = Identifier(name.replace("-", "_").lower())
    copied = Identifier(urlsplit(like).path.strip("/") or "template1")
    with psycopg.connect(place.url_of("postgres"), autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(wanted, copied))
        yield place.url_of(name.replace("-", "_").lower())
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(wanted))
