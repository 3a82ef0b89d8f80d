"""`alongside export report`: the figures of a period as a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from alongside.config.commands.backup import room_for
from alongside.config.commands.programs import program_option, the_program
from alongside.config.starting import open_database
from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from alongside.kernel.indicators import Period
    from alongside.sites.models import Program

KINDS = ("csv", "xlsx")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "start", type=_DAY, help="The first day, such as 2026-01-01. Without it, the last 12 months.")
@click.option("--to", "end", type=_DAY, help="The last day. Without it, today.")
@click.option("--format", "kind", type=click.Choice(KINDS), help="Without it, what the name of FILE ends in.")
@click.option("--site", default="", help="The name of one site.")
@program_option
def report(file: Path, start: datetime | None, end: datetime | None, kind: str | None, site: str, program: str) -> None:
    """The figures of a period: FILE.xlsx for people to read, FILE.csv for other programs."""
    wanted = kind or file.suffix.removeprefix(".").lower()
    if wanted not in KINDS:
        raise Refusal(f"Say what {file} is to be: --format csv or --format xlsx.")
    open_database()
    where = the_program(program)
    period = _period(start, end, where)
    with room_for(file):
        _write(file, wanted, period, site, where)
    click.echo(f"Figures from {period.start} to {period.end} are in {file}.")


def _period(start: datetime | None, end: datetime | None, program: Program) -> Period:
    from alongside.kernel.clock import today
    from alongside.kernel.indicators import Period
    from alongside.reports.periods import TWELVE_MONTHS, period_named

    last_year = period_named(TWELVE_MONTHS, today=today(program.timezone))
    if start is None and end is None:
        return last_year
    first, last = _day(start, last_year.start), _day(end, today(program.timezone))
    if first > last:
        raise Refusal(f"{first} is after {last}. Give the earlier day with --from and the later one with --to.")
    if first.year < 2000:
        raise Refusal("Nothing is recorded before the year 2000. Choose a later first day.")
    return Period(start=first, end=last)


def _day(said: datetime | None, otherwise: date) -> date:
    return said.date() if said else otherwise


def _write(file: Path, kind: str, period: Period, site: str, program: Program) -> None:
    from django.utils import translation
    from django_scopes import scope

    from alongside.kernel.clock import today
    from alongside.reports.exports.files import write_report
    from alongside.reports.figures import Question
    from alongside.sites.audit import record_audit

    with scope(program=program), translation.override(program.language):
        question = Question(period=period, today=today(program.timezone), site_id=_site_id(site))
        with _whole_new_file(file) as target:
            write_report(question, target, kind=kind, program=program)
        days = {"start": period.start.isoformat(), "end": period.end.isoformat()}
        record_audit("reports.exported", program_id=program.pk, by_id=None, target=kind, **days)


def _site_id(name: str) -> int | None:
    from alongside.sites.models import Site

    sites = dict(Site.objects.values_list("name", "pk"))
    if name and name not in sites:
        raise Refusal(f"There is no site called {name}. The sites are: {', '.join(sorted(sites))}.")
    return sites.get(name)


@contextmanager
def _whole_new_file(file: Path) -> Iterator[IO[bytes]]:
    """A file that is there with everything in it or not at all, and that nobody else can read."""
    from alongside.config.moving.box import new_private_file

    part = file.with_name(f".{file.name}.part")
    try:
        with new_private_file(part) as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        os.link(part, file)
    finally:
        part.unlink(missing_ok=True)
