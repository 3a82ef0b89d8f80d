"""`alongside users`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from alongside.config.commands.programs import program_option, the_program
from alongside.config.starting import open_database
from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from alongside.accounts.models import User
    from alongside.accounts.roles import Role

ROLES = ("worker", "coordinator", "responder", "technician", "planner", "administrator")

role_option = click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), help="May be given more than once."
)


@click.group()
def users() -> None:
    """Who may sign in, and what they may do."""


@users.command("list")
def list_users() -> None:
    """Show everybody, with their roles in each program."""
    open_database()
    from alongside.accounts.models import User

    recorders = {"is_active": False, "memberships": None}  # in whose name texts are recorded; nobody signs in to them
    for user in User.objects.exclude(**recorders).order_by("username"):
        state = "" if user.is_active else "  (may not sign in)"
        click.echo(f"{user.username}  {user.name}{state}")
        for program, roles in _roles_of(user):
            click.echo(f"    {program}: {', '.join(roles)}")


@users.command()
@click.argument("username")
@click.option("--name", default="", help="The name that colleagues see.")
@role_option
@program_option
def add(username: str, name: str, roles: tuple[str, ...], program: str) -> None:
    """Let somebody sign in."""
    open_database()
    from django.db import transaction

    from alongside.accounts.actions import give_start_password
    from alongside.accounts.models import User
    from alongside.config.founding import set_roles

    if User.objects.filter(username__iexact=username).exists():
        raise Refusal(f"There is somebody called {username} already. Choose another user name.")
    where = the_program(program)
    with transaction.atomic():
        user = User.objects.create_user(username, None, name=name or username)
        set_roles(user, where, _roles(roles or ("worker",)))
        password = give_start_password(user)
    click.echo(f"{username} can sign in to {where.name} as {', '.join(roles or ('worker',))}.")
    _show_start_password(password)


@users.command("password")
@click.argument("username")
def reset_password(username: str) -> None:
    """Give somebody a new start password."""
    user = _user(username)
    from alongside.accounts.actions import give_start_password

    _show_start_password(give_start_password(user))


@users.command("pin")
@click.argument("username")
def set_pin(username: str) -> None:
    """Set the PIN with which somebody takes their turn at a shared computer."""
    user = _user(username)
    from alongside.accounts.actions import choose_pin, forgive_wrong_pins

    choose_pin(user, click.prompt("PIN", hide_input=True, confirmation_prompt="Once more"))
    forgive_wrong_pins(user)
    click.echo(f"{username} has a new PIN.")


@users.command("roles")
@click.argument("username")
@role_option
@program_option
def change_roles(username: str, roles: tuple[str, ...], program: str) -> None:
    """Give somebody exactly these roles in a program; none means that they no longer work there."""
    user = _user(username)
    from alongside.config.founding import set_roles

    where = the_program(program)
    set_roles(user, where, _roles(roles))
    click.echo(f"{username} is {', '.join(roles) or 'nothing'} at {where.name}.")


@users.command()
@click.argument("username")
def deactivate(username: str) -> None:
    """Stop somebody from signing in. What they recorded stays."""
    user = _user(username)
    user.is_active = False
    user.save(update_fields=["is_active"])
    click.echo(f"{username} can no longer sign in. To undo: alongside users activate {username}")


@users.command()
@click.argument("username")
def activate(username: str) -> None:
    """Let somebody sign in again."""
    user = _user(username)
    user.is_active = True
    user.save(update_fields=["is_active"])
    click.echo(f"{username} can sign in again.")


@users.command("add-program")
@click.argument("name")
@click.option("--slug", required=True, help="A short name of small letters and hyphens.")
@click.option("--timezone", required=True, help="For example America/New_York.")
def add_program(name: str, slug: str, timezone: str) -> None:
    """Begin a program: a front desk and the catalogue that ships. Then add its first administrator."""
    open_database()
    from zoneinfo import available_timezones

    from alongside.config.founding import begin_program
    from alongside.sites.models import Program

    if timezone not in available_timezones():
        raise Refusal(f"{timezone} is not a time zone. They look like America/New_York or Europe/Lisbon.")
    if Program.objects.filter(slug=slug).exists():
        raise Refusal(f"There is a program with the short name {slug} already.")
    begin_program(name, slug=slug, timezone=timezone)
    click.echo(f"{name} is there. Next: alongside users add NAME --role administrator --program {slug}")


def _user(username: str) -> User:
    open_database()
    from alongside.accounts.models import User

    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise Refusal(f"There is nobody called {username}. alongside users list shows everybody.")
    return user


def _roles(names: Iterable[str]) -> frozenset[Role]:
    from alongside.accounts.roles import Role

    return frozenset(Role(name) for name in names)


def _roles_of(user: User) -> list[tuple[str, list[str]]]:
    from django_scopes import scopes_disabled

    from alongside.sites.models import Membership

    with scopes_disabled():
        rows = (
            Membership.objects.filter(user=user, ended_at=None)
            .order_by("program__name", "role")
            .select_related("program")
        )
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row.program.name, []).append(row.role)
    return list(found.items())


def _show_start_password(password: str) -> None:
    from alongside.accounts.actions import START_PASSWORD_DAYS

    click.echo(f"Start password: {password}")
    click.echo(f"It is shown only now, works for {START_PASSWORD_DAYS} days, and is changed at the first sign-in.")
