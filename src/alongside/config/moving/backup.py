"""Writing everything that the database holds into one locked file, while the program goes on working."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from alongside.config import keys
from alongside.config.moving import box
from alongside.config.moving.contents import End, Manifest, TableEnd, TableStart
from alongside.config.moving.tables import Table, applied_migrations, tables_at
from alongside.config.moving.values import Tally
from alongside.config.sqlcipher.base import DatabaseWrapper
from alongside.jobs.pulses import beat
from alongside.kernel.clock import now

PULSE: Final = "backup"

#: Called with the total number of rows; gives what is called after each row.
Progress = Callable[[int], AbstractContextManager[Callable[[], object]]]


def unseen(_total: int) -> AbstractContextManager[Callable[[], object]]:
    """Progress that nobody looks at."""
    return nullcontext(lambda: None)


def make_backup(file: Path, *, passphrase: str, progress: Progress = unseen) -> Manifest:
    """One moment of the database: what is recorded while this works is in the next backup."""
    with one_moment():
        tables = tables_at(migrations := applied_migrations())
        manifest = Manifest(
            alongside=version("alongside"),
            made_at=now().isoformat(timespec="seconds"),
            database=connection.vendor,
            migrations=migrations,
            rows={table.label: table.count() for table in tables},
            keys=keys.carried_in_backups(),
        )
        with progress(sum(manifest.rows.values())) as step:
            box.write(file, _lines(manifest, tables, step), passphrase=passphrase)
    beat(PULSE)
    return manifest


@contextmanager
def one_moment() -> Iterator[None]:
    """A reading transaction: no writer waits for it, and it sees none of what they do."""
    here = connections[DEFAULT_DB_ALIAS]
    if isinstance(here, DatabaseWrapper):
        with here.reading(), transaction.atomic():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _lines(manifest: Manifest, tables: list[Table], step: Callable[[], object]) -> Iterator[str]:
    yield manifest.line()
    for table in tables:
        yield TableStart(table=table.label, columns=table.columns).line()
        tally = Tally()
        for line in table.lines():
            tally.add(line)
            step()
            yield line
        yield TableEnd(end_of=table.label, rows=tally.rows, digest=tally.digest).line()
    yield End(tables=len(tables)).line()
