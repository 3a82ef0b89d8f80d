"""The copy's files, and DuckDB, which reads and writes them."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.reports.store.places import folder
from alongside.reports.store.sealing import SealedFiles

MEMORY = "1GB"
PARQUET = "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"


def new_version() -> str:
    return secrets.token_hex(6)


def forget_others(program_id: int, kept: Collection[Path]) -> None:
    """Files of earlier versions, and drafts of a refresh that ended half-way."""
    for file in set(folder(program_id).iterdir()) - set(kept):
        file.unlink(missing_ok=True)


@contextmanager
def alone(program_id: int) -> Iterator[None]:
    """One refresh of a program at a time, whichever process does it."""
    with (folder(program_id).parent / f"{program_id}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, with no way out: no network, no extensions, and no temporary files in the clear."""
    options: dict[str, Any] = {
        "memory_limit": MEMORY,
        "threads": min(os.cpu_count() or 1, 4),
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=options) as connection:
        connection.register_filesystem(SealedFiles())
        yield connection


@contextmanager
def full_disk_said() -> Iterator[None]:
    """DuckDB hands on what went wrong in a file as its own error; the ledger has nothing to do with either."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise Refusal(
            _(
                "The copy for analytics could not be written (%(reason)s). Nothing is lost: everything is in the "
                "ledger. Free some space, then run: alongside analytics refresh"
            )
            % {"reason": _first_line(error)}
        ) from error


def sync(place: Path) -> None:
    with suppress(OSError):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
