"""`alongside demo`."""

from __future__ import annotations

import click

from alongside.config.starting import start_django
from alongside.kernel.errors import Refusal


@click.command()
def demo() -> None:
    """Fill an empty database with two years of a made-up program."""
    start_django()
    from alongside.config import preparing
    from alongside.sites.models import Program

    preparing.open_and_update(click.echo)
    if Program.objects.exists():
        raise Refusal("There is a program in this database already. Set ALONGSIDE_HOME to an empty folder for a demo.")
    preparing.fill_with_demo(click.echo)
