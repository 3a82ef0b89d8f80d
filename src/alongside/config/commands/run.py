"""`alongside run`, and what it begins with as a command of its own."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", envvar="PORT", default=8000, show_default=True, help="The port to listen at (or PORT).")
@click.option("--demo", is_flag=True, help="Fill an empty database with two years of a made-up program.")
def run(host: str, port: int, *, demo: bool) -> None:
    """Start Alongside. Ctrl-C stops it."""
    from alongside.config import supervisor

    supervisor.run(host=host, port=port, demo=demo)


@click.command(hidden=True)
@click.option("--demo", is_flag=True)
def prepare(*, demo: bool) -> None:
    """Bring the database up to date without starting."""
    from alongside.config import preparing

    preparing.refuse_problems(click.echo)
    preparing.prepare(demo=demo, echo=click.echo)
