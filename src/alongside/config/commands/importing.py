"""`alongside import`: one command for each kind of file, added where it is written."""

from __future__ import annotations

import click


@click.group("import")
def import_records() -> None:
    """Bring in records from files."""
