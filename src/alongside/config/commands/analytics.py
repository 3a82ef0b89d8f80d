"""`alongside analytics`: the copy that analysts, and engines larger than this computer, read from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alongside.config.commands.backup import room_for
from alongside.config.commands.programs import program_option, the_program
from alongside.config.starting import open_database, start_django

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
    """Write the copy as plain Parquet into FOLDER, by month, for Spark or a notebook. It may hold other programs'."""
    open_database()
    from django_scopes import scope

    from alongside.reports.elsewhere.taking_along import write_plain
    from alongside.sites.audit import record_audit

    the = the_program(program)
    with scope(program=the):
        count = write_plain(folder, program=the)
        record_audit("analytics.exported", program_id=the.pk, by_id=None, target="parquet")
    click.echo(f"{count} files are in {folder}. They are not locked: rows about single contacts, without codes.")


@analytics.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="People can be counted within one year.")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option("--master", default="local[*]", show_default=True, help="Where Spark runs, such as spark://head:7077.")
def count(folder: Path, file: Path, year: int, engine: str, master: str) -> None:
    """Every figure of a year from the copies in FOLDER, of one program or many, as a table in FILE (CSV)."""
    start_django()
    from alongside.reports.elsewhere.counting import write_figures
    from alongside.reports.elsewhere.engines import duckdb_over, spark_over
    from alongside.reports.elsewhere.places import programs_in

    programs = programs_in(folder)
    with room_for(file), spark_over(folder, master=master) if engine == "spark" else duckdb_over(folder) as counter:
        rows = write_figures(file, counter, folder=folder, year=year)
    click.echo(f"{rows:,} numbers of {len(programs)} programs are in {file}. Small ones are not hidden.")


def _say(done: Refreshed) -> None:
    click.echo(f"Copied: {done.months} months, {done.days} of their days because they changed.")
