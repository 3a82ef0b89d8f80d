"""`alongside export`: one command for each kind of file, added where it is written."""

from __future__ import annotations

import click


@click.group()
def export() -> None:
    """Write records into files for other programs."""
