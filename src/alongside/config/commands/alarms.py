"""`alongside alarms`: the processes that watch over deadlines."""

from __future__ import annotations

import logging
import signal
import sys
import threading

import click

from alongside.kernel.errors import Refusal

PARTS = ("runner", "sender", "auditor")


@click.group()
def alarms() -> None:
    """What watches over check-ins and the room."""


@alarms.command("run")
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="Only this part; may be repeated.")
@click.option("--while-open", is_flag=True, hidden=True, help="Stop when the standard input ends.")
def run_alarms(parts: tuple[str, ...], *, while_open: bool) -> None:
    """Run them here too: `alongside run` has its own. For a second computer on the same PostgreSQL."""
    from alongside.alarms.engine import run_parts
    from alongside.config.alarming import make_engine

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    engine = make_engine()
    if while_open:
        threading.Thread(target=_stop_with_input, args=(stopping,), daemon=True).start()
    run_parts(engine, parts=parts or PARTS, stopping=stopping)


@alarms.command("role")
@click.option("--name", default="alongside_alarms", show_default=True, help="What the alarms' role is to be called.")
@click.option("--undo", is_flag=True, help="The way back: also before an update that changes the table.")
def print_role(*, name: str, undo: bool) -> None:
    """Print the SQL that gives the alarms a PostgreSQL role of their own, which alone can read sealed plans."""
    from alongside.config import database
    from alongside.config.roles import statements_apart, statements_together

    settings = database.from_environment()["default"]
    if not database.is_postgresql(settings):
        raise Refusal("The encrypted file has no roles. There, the plans' keys are files of their own: see the docs.")
    make = statements_together if undo else statements_apart
    for statement in make(pages=settings["USER"], alarms=name):
        click.echo(statement)


def _stop_with_input(stopping: threading.Event) -> None:
    sys.stdin.read()
    stopping.set()
