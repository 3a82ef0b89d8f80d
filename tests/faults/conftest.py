"""A real server with a program and somebody who is signed in, to be treated badly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from alongside.kernel.ids import uuid7
from tests.faults.stoppable import Stoppable, stoppable_copy
from tests.plugins.homes import Home, home_like, prepare
from tests.plugins.server import Server, running

ROOT = Path(__file__).resolve().parents[2]
SYRINGE = "syringe-1ml-29g-half"
CSRF = "a" * 32
COOKIES = "cookies.json"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.fault)
            item.add_marker(pytest.mark.slow)


def in_home(home: Path, *command: str, database_url: str, module: str = "tests.faults.seed") -> dict[str, Any]:
    """Ask `seed.py`, or another module like it, in the home of a server."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ALONGSIDE_", "DJANGO_"))}
    environment = inherited | {"ALONGSIDE_HOME": str(home)}
    if database_url:
        environment["ALONGSIDE_DATABASE_URL"] = database_url
    asking = [sys.executable, "-m", module, *command]
    done = subprocess.run(asking, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@dataclass
class Program:
    """A home with a program in it, and the cookies of somebody who works there."""

    home: Path
    database_url: str
    session: str
    site: int
    answered: set[UUID] = field(default_factory=set)

    @contextmanager
    def running(self) -> Iterator[Server]:
        with running(self.home, "--host", "127.0.0.1", database_url=self.database_url) as server:
            yield server

    def browser(self, server: Server) -> httpx.Client:
        return httpx.Client(
            base_url=server.url,
            cookies={"alongside": self.session, "alongside_csrf": CSRF},
            headers={"accept": "text/html", "referer": server.url},
            timeout=30,
        )

    def record(self, browser: httpx.Client, *, contact: UUID | None = None, note: str = "") -> httpx.Response:
        """Post the desk's form as a page without JavaScript does. Remembers what the server said it took."""
        contact = contact or uuid7()
        entered = {"id": str(contact), "site": str(self.site), f"items.{SYRINGE}": "10", "people": "1", "extra": note}
        response = browser.post("/record/", data=entered | {"csrfmiddlewaretoken": CSRF})
        if response.status_code == 302 and "saved" in response.headers["location"]:
            self.answered.add(contact)
        return response

    def look(self) -> dict[str, Any]:
        return in_home(self.home, "look", database_url=self.database_url)

    def assert_nothing_lost(self) -> None:
        """Everything that was answered is there, whole; what was not answered is there whole or not at all."""
        found = self.look()
        lost = {str(contact) for contact in self.answered} - set(found["contacts"])
        assert not lost
        assert found["is_whole"]
        assert found["integrity"] == "ok"


def begin(home: Home) -> None:
    """A program that has just begun; its cookies are kept beside it."""
    prepare(home)
    made = in_home(home.folder, "begin", database_url=home.database_url)
    (home.folder / COOKIES).write_text(json.dumps(made))


@pytest.fixture
def program(database_kind: str, tmp_path: Path) -> Iterator[Program]:
    with home_like(begin, tmp_path / "home", kind=database_kind) as home:
        made = json.loads((home.folder / COOKIES).read_text())
        yield Program(home.folder, home.database_url, **made)


@pytest.fixture
def stoppable(program: Program, database_kind: str) -> Iterator[Stoppable | None]:
    """None for the embedded database: it is a file, which can't be away while its disk is there."""
    if database_kind != "postgres":
        yield None
        return
    with stoppable_copy(program.database_url) as copy:
        yield copy


@pytest.fixture
def program_that_may_stop(program: Program, stoppable: Stoppable | None) -> Program:
    return replace(program, database_url=stoppable.url) if stoppable else program
