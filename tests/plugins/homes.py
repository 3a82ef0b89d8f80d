"""Homes that are ready to be served: each is made once for a test run, by whichever of xdist's workers comes first, and
copied for whoever wants one. Making the tables takes ten seconds and filling a demo as long; copying takes neither.
That everything is made in an empty folder is shown by `tests/platform/test_run.py` and `tests/packaging`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.plugins import place
from tests.plugins.server import Server, database, environment_for, running


@dataclass(frozen=True, kw_only=True)
class Home:
    """A folder, and the address of its database; empty text means the file in the folder."""

    folder: Path
    database_url: str


Maker = Callable[[Home], None]
ALONGSIDE = str(Path(sys.executable).with_name("alongside"))


def tables(home: Home) -> None:
    """What the migrations make, and nothing else."""
    home.folder.mkdir()
    if home.database_url:
        _create_database(home, like="template1")
    _run(home, sys.executable, "-m", "django", "migrate", "--skip-checks", "--settings=alongside.config.settings")


def prepare(home: Home) -> None:
    """Tables, keys and assets; nobody in it yet."""
    _begin_with(tables, home)
    _run(home, ALONGSIDE, "prepare")


def fill(home: Home) -> None:
    """A program that has been at work for two months."""
    _begin_with(prepare, home)
    _run(home, ALONGSIDE, "prepare", "--demo")


@contextmanager
def home_like(make: Maker, folder: Path, *, kind: str) -> Iterator[Home]:
    """A home of one's own in `folder`, as `make` made it once for all."""
    made = made_once(make, kind)
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    with database(kind, f"{folder.parent.name}_{folder.name}_{os.getpid()}", like=made.database_url) as url:
        yield Home(folder=folder, database_url=url)


@pytest.fixture(scope="session")
def server(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One demo program for all journeys of a session (of a worker, under xdist)."""
    with (
        home_like(fill, tmp_path_factory.mktemp("journeys") / "home", kind=database_kind) as home,
        running(home.folder, "--demo", database_url=home.database_url) as started,
    ):
        yield started


def pytest_unconfigure(config: pytest.Config) -> None:
    """A PostgreSQL that outlives the run keeps nothing of it."""
    if place.SERVER_URL not in os.environ or hasattr(config, "workerinput"):
        return
    with psycopg.connect(place.url_of("postgres"), autocommit=True) as connection:
        for made in _root().glob("*.done"):
            name = Identifier(_database_of(made.stem))
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def made_once(make: Maker, kind: str) -> Home:
    """The one that all others are copied from. Nobody may work in it."""
    name = f"ready-{make.__name__}-{kind}"
    home = Home(folder=_root() / name, database_url=place.url_of(_database_of(name)) if kind == "postgres" else "")
    done = _root() / f"{name}.done"
    with (_root() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(home)
            done.touch()
    return home


def _begin_with(make: Maker, home: Home) -> None:
    made = made_once(make, "postgres" if home.database_url else "sqlite")
    shutil.copytree(made.folder, home.folder)
    if home.database_url:
        _create_database(home, like=urlsplit(made.database_url).path.strip("/"))


def _root() -> Path:
    return Path(os.environ[place.ROOT])


def _database_of(name: str) -> str:
    return f"{_root().name}_{name}".replace("-", "_").lower()


def _create_database(home: Home, *, like: str) -> None:
    name = Identifier(urlsplit(home.database_url).path.strip("/"))
    with psycopg.connect(place.url_of("postgres"), autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(name, Identifier(like)))


def _run(home: Home, *command: str) -> None:
    environment = environment_for(home.folder, port=0, database_url=home.database_url)
    subprocess.run(command, env=environment, cwd=home.folder, check=True, capture_output=True)
