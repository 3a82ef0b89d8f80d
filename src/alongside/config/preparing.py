"""Before pages are served: checks, keys, database, assets, demo data. Each is quick when there is nothing to do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from alongside.config import keys, paths
from alongside.config.starting import start_django, why_unopened
from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

Echo = Callable[[str], None]

_MIGRATION_LOCK = 0x616C6F6E67


def refuse_problems(echo: Echo) -> None:
    """The quick checks, before anything is loaded: what is missing must not be made anew."""
    from alongside.config import doctor

    problems = [finding for finding in doctor.before_start() if finding.is_problem]
    for finding in problems:
        echo(doctor.as_text(finding))
    if problems:
        sys.exit(1)


def prepare(*, demo: bool, echo: Echo) -> None:
    start_django()
    from alongside.config import assets

    open_and_update(echo)
    assets.gather(echo)
    if demo:
        fill_with_demo(echo)
    tell_about_keys(echo)
    tell_sign_ins(echo)


def open_and_update(echo: Echo) -> None:
    """The database with the tables of this version, or a sentence why not."""
    from django.db import DatabaseError, InterfaceError, connection

    from alongside.config.marks import agree_on_shared_keys

    try:
        with _one_at_a_time(connection):
            _update(echo)
        agree_on_shared_keys()
    except (DatabaseError, InterfaceError) as error:
        raise Refusal(why_unopened(error)) from error


def _update(echo: Echo) -> None:
    from django.core.management import call_command

    from alongside.config.versions import changes_waiting, is_from_a_newer_version

    if is_from_a_newer_version():
        raise Refusal("A newer Alongside has already used this database. Install the newest version here.")
    if count := changes_waiting():
        echo(f"Bringing the database up to date ({count} steps).")
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _one_at_a_time(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Several machines may start on one PostgreSQL at the same time."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def fill_with_demo(echo: Echo) -> None:
    """Two years of a made-up program, if there is nothing else."""
    from alongside.config import demo
    from alongside.sites.models import Program

    if not Program.objects.exists():
        with click.progressbar(length=demo.DAYS, label="Two years of days") as bar:
            demo.make_demo(echo, lambda done, _total: bar.update(done - bar.pos))


def tell_sign_ins(echo: Echo) -> None:
    """Only for the demo program, whose passwords are no secret."""
    from alongside.accounts.models import User
    from alongside.config import demo
    from alongside.sites.models import Program

    if not User.objects.exists():
        echo("Nobody can sign in yet. Begin with: alongside users add-program, then alongside users add")
    if Program.objects.filter(slug="demo").exists():
        echo(f"Sign in to the demo program with the password {demo.PASSWORD} and PIN {demo.PIN} as:")
        for username, _password, roles in demo.sign_ins():
            echo(f"  {username:6} {roles}")
        echo(f"A participant's card, to look somebody up by: {demo.a_card()}")


def tell_about_keys(echo: Echo) -> None:
    if not keys.made():
        echo(f"The keys are in {paths.keys_folder()}.")
        return
    echo(f"New keys were made in {paths.keys_folder()}. Keep a copy of this folder somewhere else:")
    for place in keys.made():
        echo(f"  {place.name}: {keys.what_losing_means(place)}")
