"""The tests' own tables: the migrations run once for a test run, and each of xdist's workers takes a copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker
from sqlcipher3 import dbapi2

from alongside.config import keys
from tests.plugins.homes import made_once, tables
from tests.plugins.server import database


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, database_kind: str
) -> Iterator[None]:
    """In place of pytest-django's, which runs every migration in every worker."""
    made = made_once(tables, database_kind)
    name = f"{made.folder.parent.name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with database(database_kind, name, like=made.database_url) as url, django_db_blocker.unblock():
        connection.settings_dict["NAME"] = urlsplit(url).path.strip("/") if url else _own_file(made.folder)
        yield
        connections.close_all()


def _own_file(folder: Path) -> str:
    """A copy that opens with this worker's key."""
    own = str(connection.settings_dict["TEST"]["NAME"])
    shutil.copy(folder / "alongside.sqlite3", own)
    copied = dbapi2.connect(own)
    copied.execute(f"PRAGMA key = \"x'{(folder / 'keys' / keys.DATABASE).read_text().strip()}'\"")
    copied.execute(f"PRAGMA rekey = \"x'{keys.database_key()}'\"")
    copied.close()
    return own
