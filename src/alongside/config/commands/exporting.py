"""`alongside export`: a command for each kind of file."""

from __future__ import annotations

from pathlib import Path

import click

from alongside.config.commands.backup import room_for
from alongside.config.commands.programs import program_option, the_program
from alongside.config.commands.reporting import report
from alongside.config.starting import open_database


@click.group()
def export() -> None:
    """Write records into files for other programs."""


@export.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@program_option
def sheets(file: Path, program: str) -> None:
    """Contacts, what was said in them, and stock, as CSV sheets in one zip FILE. Without participants."""
    open_database()
    from alongside.config.moving.sheets import write_sheets

    with room_for(file):
        counts = write_sheets(file, the_program(program))
    for name, rows in counts.items():
        click.echo(f"{name}.csv: {rows:,} rows")
    click.echo(f"They are in {file}, which is not locked. Delete it when you no longer need it.")


export.add_command(report)
