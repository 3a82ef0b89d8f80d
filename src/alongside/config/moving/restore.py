"""Bringing a backup back into an empty database of either kind, whole and compared, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import DataError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from alongside.config import keys
from alongside.config.moving import box, loading
from alongside.config.moving.backup import Progress, unseen
from alongside.config.moving.contents import (
    FORMAT,
    End,
    Manifest,
    NotWhole,
    TableEnd,
    TableStart,
    read_line,
    rows_until_end,
)
from alongside.config.moving.tables import Migration, Table, applied_migrations, known_migrations, tables_at
from alongside.config.moving.values import Tally
from alongside.jobs.pulses import last_beat
from alongside.jobs.runner import PULSE
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal

#: A database without any of these belongs to nobody yet.
_SOMEBODYS = ("sites.program", "accounts.user")
_SILENCE = timedelta(seconds=45)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A table in the backup beside the same table in the database."""

    table: str
    rows_in_backup: int
    rows_here: int
    is_same: bool


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came of it."""

    manifest: Manifest
    comparisons: list[Comparison]
    has_changed_keys: bool


def restore_backup(
    file: Path, *, passphrase: str, may_set_key_aside: bool = True, progress: Progress = unseen
) -> Restored:
    """`may_set_key_aside` is for the database that this home folder's keys belong to, if it is empty."""
    with box.opened(file, passphrase=passphrase) as lines, _readable(file):
        manifest = _manifest(lines)
        with _tables_as_in(manifest), _plain_errors(), transaction.atomic():
            tables = tables_at(manifest.migrations)
            _refuse_somebodys(tables)
            with progress(2 * sum(manifest.rows.values())) as step:
                with loading.rules_set_aside(tables):
                    loading.empty(tables)
                    ends = _fill(tables, lines, step)
                    loading.reset_sequences(tables)
                comparisons = [_compare(table, end, step) for table, end in zip(tables, ends, strict=True)]
            _refuse_differences(comparisons)
            has_changed = keys.take_over(manifest.keys, may_set_aside=may_set_key_aside)
    return Restored(manifest=manifest, comparisons=comparisons, has_changed_keys=has_changed)


def _manifest(lines: Iterator[str]) -> Manifest:
    manifest = read_line(Manifest, lines)
    if manifest.format > FORMAT or not set(manifest.migrations) <= known_migrations():
        raise Refusal(
            f"This backup was made by a newer Alongside ({manifest.alongside}). "
            "Install that version here, then restore."
        )
    return manifest


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except NotWhole:
        raise Refusal(box.DAMAGED.format(file)) from None


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (DataError, IntegrityError) as error:
        raise Refusal(f"The database refuses a row of the backup. Nothing was changed. It says: {error}") from error


@contextmanager
def _tables_as_in(manifest: Manifest) -> Iterator[None]:
    """A backup of an earlier version goes into that version's tables, which are then brought up to date."""
    here = applied_migrations()
    _refuse_somebodys(tables_at(here))
    is_other = here != sorted(manifest.migrations)
    is_earlier = is_other and set(manifest.migrations) < known_migrations()
    if is_other and here:
        _refuse_running()
        loading.drop_everything()
    if is_earlier:
        MigrationExecutor(connection).migrate(_ends(manifest.migrations))
    elif is_other:
        _bring_up_to_date()
    try:
        yield
    finally:
        if is_earlier:
            _bring_up_to_date()


def _bring_up_to_date() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def _ends(migrations: Sequence[Migration]) -> list[Migration]:
    """Those that none of the others builds on: asking for them asks for all."""
    nodes = MigrationExecutor(connection).loader.graph.node_map
    parents = {parent.key for migration in migrations for parent in nodes[migration].parents}
    return [migration for migration in migrations if migration not in parents]


def _refuse_somebodys(tables: Sequence[Table]) -> None:
    if any(table.label in _SOMEBODYS and table.model._base_manager.exists() for table in tables):
        raise Refusal(
            "There are already records in this database, and a backup is never mixed with others. Restore into an "
            "empty one: set ALONGSIDE_HOME to a new folder, or name a new database with --database-url."
        )


def _refuse_running() -> None:
    last = last_beat(PULSE)
    if last is not None and last > now() - _SILENCE:
        raise Refusal(
            "This backup is from an earlier version. Stop Alongside first (Ctrl-C), wait a minute, then restore."
        )


def _fill(tables: Sequence[Table], lines: Iterator[str], step: Callable[[], object]) -> list[TableEnd]:
    """Reads to the very end of the backup, so that a part of one is never taken for a whole."""
    ends = [_fill_table(table, lines, step) for table in tables]
    if read_line(End, lines).tables != len(tables) or next(lines, None) is not None:
        raise NotWhole
    return ends


def _fill_table(table: Table, lines: Iterator[str], step: Callable[[], object]) -> TableEnd:
    start, last = read_line(TableStart, lines), list[TableEnd]()
    if (start.table, start.columns) != (table.label, table.columns):
        raise NotWhole
    loading.fill(table, _stepping(rows_until_end(lines, last), step))
    return last[0]


def _stepping(lines: Iterator[str], step: Callable[[], object]) -> Iterator[str]:
    for line in lines:
        step()
        yield line


def _compare(table: Table, end: TableEnd, step: Callable[[], object]) -> Comparison:
    tally = Tally()
    for line in table.lines():
        tally.add(line)
        step()
    is_same = (tally.rows, tally.digest) == (end.rows, end.digest)
    return Comparison(table=table.label, rows_in_backup=end.rows, rows_here=tally.rows, is_same=is_same)


def _refuse_differences(comparisons: Sequence[Comparison]) -> None:
    different = [comparison.table for comparison in comparisons if not comparison.is_same]
    if different:
        raise Refusal(
            f"What came back differs from the backup in {', '.join(different)}. Nothing was changed. "
            "Please report this; the backup itself is unharmed."
        )
