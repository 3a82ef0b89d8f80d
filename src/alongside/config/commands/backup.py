"""`alongside backup` and `alongside restore`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alongside.config import paths
from alongside.config.starting import open_database, start_django
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from alongside.config.moving.backup import Progress
    from alongside.config.moving.restore import Comparison

PASSPHRASE = "ALONGSIDE_BACKUP_PASSPHRASE"  # noqa: S105 (the name of a variable)
SHORTEST = 12
_ROWS_BETWEEN_TICKS = 500

passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Read the passphrase from a file; also from {PASSPHRASE}. Without either, it is asked for.",
)


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@passphrase_file
def backup(file: Path | None, passphrase_file: Path | None) -> None:
    """Write everything into one locked FILE, also while Alongside runs. In a folder it gets a name with the time."""
    open_database()
    from alongside.config.moving.backup import make_backup

    place = _place(file)
    with room_for(place):
        passphrase = _new_passphrase(passphrase_file)
        manifest = make_backup(place, passphrase=passphrase, progress=_bar("Backing up"))
    click.echo(f"{sum(manifest.rows.values()):,} rows of {len(manifest.rows)} tables are in {place}.")
    click.echo("Keep a copy away from this computer. Without the passphrase nobody can open it.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--database-url", default="", help="Restore into this database instead of the usual one.")
@passphrase_file
def restore(file: Path, database_url: str, passphrase_file: Path | None) -> None:
    """Bring FILE back into an empty database, SQLite or PostgreSQL, and compare every table."""
    if database_url:
        os.environ["ALONGSIDE_DATABASE_URL"] = database_url
    passphrase = _passphrase(passphrase_file) or click.prompt("Passphrase of the backup", hide_input=True)
    start_django()
    from alongside.config.moving.restore import restore_backup

    with room_for(paths.home()):
        restored = restore_backup(
            file, passphrase=passphrase, may_set_key_aside=not database_url, progress=_bar("Restoring")
        )
    _show(restored.comparisons)
    click.echo(f"Everything from {restored.manifest.made_at} is back, and every table is the same as in the backup.")
    if restored.has_changed_keys:
        click.echo("If Alongside runs, stop it and start it again: the backup brought its keys.")


def _show(comparisons: Sequence[Comparison]) -> None:
    width = max(len(comparison.table) for comparison in comparisons)
    click.echo(f"{'table':{width}}  {'in backup':>11}  {'here':>11}")
    for each in comparisons:
        verdict = "same" if each.is_same else "DIFFERENT"
        click.echo(f"{each.table:{width}}  {each.rows_in_backup:11,}  {each.rows_here:11,}  {verdict}")


def _place(file: Path | None) -> Path:
    folder = file or paths.make_private_folder(paths.backups_folder())
    return folder / f"alongside-{now():%Y-%m-%d-%H%M%S}.backup" if folder.is_dir() else folder


def _new_passphrase(file: Path | None) -> str:
    passphrase = _passphrase(file)
    if not passphrase:
        click.echo("Choose a passphrase of several words, and keep it somewhere other than this computer.")
        passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt="Once more")
    if len(passphrase) < SHORTEST:
        raise Refusal(f"A passphrase needs at least {SHORTEST} letters. Four or five words together are good.")
    return passphrase


def _passphrase(file: Path | None) -> str:
    return file.read_text().strip() if file else os.environ.get(PASSPHRASE, "")


@contextmanager
def room_for(place: Path) -> Iterator[None]:
    """A place that can't be written to, a full disk, or a database that fails, as a sentence."""
    if not place.parent.is_dir():
        raise Refusal(f"There is no folder {place.parent}. Make it, or choose another place.")
    if place.is_file():
        raise Refusal(f"{place} is already there. Choose another name; nothing is ever replaced.")
    from django.db import DatabaseError, InterfaceError

    from alongside.config.away import Trouble, trouble_behind

    try:
        yield
    except (OSError, DatabaseError, InterfaceError) as error:
        trouble = trouble_behind(error)
        if trouble is Trouble.FULL:
            raise Refusal(
                f"The disk is full, so nothing was kept in {place}. Free some space and try again."
            ) from error
        if trouble is None and not isinstance(error, OSError):
            raise
        raise Refusal(f"That did not work, and nothing was kept: {error}. alongside doctor may know more.") from error


def _bar(label: str) -> Progress:
    @contextmanager
    def progress(total: int) -> Iterator[Callable[[], object]]:
        waiting = 0
        with click.progressbar(length=max(total, 1), label=label) as shown:

            def step() -> None:
                nonlocal waiting
                waiting += 1
                if waiting == _ROWS_BETWEEN_TICKS:
                    shown.update(waiting)
                    waiting = 0

            yield step
            shown.update(waiting)

    return progress
