"""`alongside room`: questions about a supervised room's record."""

from __future__ import annotations

import sys

import click

from alongside.config.commands.programs import program_option, the_program
from alongside.config.starting import open_database


@click.group()
def room() -> None:
    """A supervised room's record."""


@room.command()
@program_option
@click.option("--line", "number", type=int, help="The number of a line, as a printed sheet says it.")
@click.option("--reads", default="", help="What the sheet says beside that number.")
def verify(program: str, number: int | None, reads: str) -> None:
    """Follow the chain of every room from its first line to its last, and compare it with a printed sheet."""
    open_database()
    from django_scopes import scope

    with scope(program=the_program(program)):
        is_whole = _say_chains()
        agrees = number is None or _say_line(number, reads)
    sys.exit(0 if is_whole and agrees else 1)


def _say_chains() -> bool:
    from alongside.services.consumption_room.models import Room
    from alongside.services.consumption_room.queries.reading import check_chain
    from alongside.services.consumption_room.rules.chain import short

    is_whole = True
    for room in Room.objects.select_related("site").order_by("pk"):
        checked = check_chain(room)
        if checked.broken_at:
            is_whole = False
            click.echo(f"{room}: the chain is broken at line {checked.broken_at}.")
        else:
            click.echo(f"{room}: the chain holds for {checked.lines} lines; its end reads {short(checked.head)}.")
    return is_whole


def _say_line(number: int, reads: str) -> bool:
    from alongside.services.consumption_room.models import RecordLine

    digests = RecordLine.objects.filter(number=number).values_list("digest", flat=True)
    agrees = bool(reads) and any(bytes(each).hex().startswith(reads.lower()) for each in digests)
    click.echo(f"Line {number} reads as the sheet says." if agrees else f"Line {number} does not read so.")
    return agrees
