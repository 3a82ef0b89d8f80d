"""Which database to use, from `ALONGSIDE_DATABASE_URL`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from alongside.config import keys, paths
from alongside.kernel.errors import Refusal

SQLITE = "alongside.config.sqlcipher"
POSTGRESQL = "alongside.config.postgresql"

BUSY_WAIT_SECONDS = 20


def from_environment() -> dict[str, Any]:
    """Django's DATABASES. Unset means the encrypted file in the home folder."""
    return {"default": from_url(os.environ.get("ALONGSIDE_DATABASE_URL", ""))}


def from_url(url: str) -> dict[str, Any]:
    scheme = urlsplit(url).scheme
    if not url:
        return _sqlite(paths.database_file())
    if scheme == "sqlite":
        return _sqlite(Path(unquote(urlsplit(url).path)))
    if scheme in {"postgresql", "postgres"}:
        return _postgresql(url)
    raise Refusal(
        "ALONGSIDE_DATABASE_URL has to look like postgresql://name:password@computer/database. "
        "Leave it unset to use the encrypted file on this computer."
    )


def is_postgresql(settings: dict[str, Any]) -> bool:
    return bool(settings["ENGINE"] == POSTGRESQL)


def _sqlite(file: Path) -> dict[str, Any]:
    paths.make_private_folder(file.parent)
    return {
        "ENGINE": SQLITE,
        "NAME": str(file),
        # Opening an encrypted file costs milliseconds, so each thread keeps its connection.
        "CONN_MAX_AGE": None,
        "OPTIONS": {"key": keys.database_key, "timeout": BUSY_WAIT_SECONDS},
        # A file, not memory: threads that share a database in memory block each other by table.
        "TEST": {"NAME": str(file.with_name("test.sqlite3"))},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    # Give up on a server that is away after seconds, not minutes: each new request then tries afresh.
    options.setdefault("connect_timeout", "5")
    # None but those that ask for it (sites.plain_sql): most of what the ORM sends is never the same twice.
    options["prepare_threshold"] = sys.maxsize
    return {
        "ENGINE": POSTGRESQL,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # Connecting costs milliseconds, so each thread keeps its connection.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
