"""`alongside analytics`: the copy that analysts, and engines larger than this computer, read from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alongside.config.commands.programs import program_option, the_program
from alongside.config.starting import open_database
from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from alongside.reports.store.refreshing import Refreshed

NICENESS = 10


@click.group()
def analytics() -> None:
    """The copy of the ledger without codes and free text, in columns and by month."""


@analytics.command()
@program_option
def refresh(program: str) -> None:
    """Copy what changed since the last time. Alongside does so by itself every hour while it runs."""
    open_database()
    os.nice(NICENESS)
    from alongside.reports.store import refreshing

    _say(refreshing.refresh(the_program(program)))


@analytics.command()
@program_option
def rebuild(program: str) -> None:
    """Make the copy again from nothing, with new numbers for people."""
    open_database()
    from alongside.reports.store import refreshing

    _say(refreshing.rebuild(the_program(program)))


@analytics.command()
@program_option
def check(program: str) -> None:
    """Read every file of the copy, and make damaged or missing ones again."""
    open_database()
    from django_scopes import scope

    from alongside.reports.store.counting import mend

    the = the_program(program)
    with scope(program=the):
        mended = mend(the)
    click.echo(f"{mended} damaged months were made again." if mended else "Every file of the copy is whole.")


@analytics.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@program_option
def export(folder: Path, program: str) -> None:
    """Write the copy as plain Parquet into a new FOLDER, by month, for Spark or a notebook."""
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty. Name a folder that does not exist yet.")
    open_database()
    from django_scopes import scope

    from alongside.reports.store.taking_along import write_plain
    from alongside.sites.audit import record_audit

    the = the_program(program)
    with scope(program=the):
        count = write_plain(folder, program=the)
        record_audit("analytics.exported", program_id=the.pk, by_id=None, target="parquet")
    click.echo(f"{count} files are in {folder}. They are not locked: rows about single contacts, without codes.")


def _say(done: Refreshed) -> None:
    click.echo(f"Copied: {done.months} months, {done.days} of their days because they changed.")
