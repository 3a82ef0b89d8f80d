"""A program to test with: sites, the shipped catalogue, and people who work there."""

from __future__ import annotations

from functools import cache
from itertools import count

from django.contrib.auth.hashers import make_password
from django.test import Client
from django_scopes import scope, scopes_disabled

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.encounters.setting_up import set_up_program
from alongside.sites.models import Membership, Program, Site
from alongside.supplies.models import Item

PASSWORD = "paper lantern 47"
_numbers = count(1)


def make_program(name: str = "Harbor Exchange", slug: str | None = None) -> Program:
    """A program in New York's time zone with "Front desk", "Van" and the shipped catalogue and bags."""
    program = set_up_program(name=name, slug=slug or f"program-{next(_numbers)}", timezone="America/New_York")
    with scope(program=program):
        Site.objects.create(program=program, name="Front desk", kind=Site.Kind.DESK)
        Site.objects.create(program=program, name="Van", kind=Site.Kind.VAN)
    return program


def make_member(program: Program, role: Role | str = Role.WORKER, *, name: str = "", password: str = PASSWORD) -> User:
    """Somebody with that role at the program. Call again with `add_role` for a second role or program."""
    number = next(_numbers)
    user = User.objects.create(
        username=f"{Role(role).value}{number}", name=name or f"Sam {number}", password=_hashed(password)
    )
    add_role(user, program, role)
    return user


@cache
def _hashed(password: str) -> str:
    """Hashing is slow on purpose; the tests do it once."""
    return make_password(password)


def add_role(user: User, program: Program, role: Role | str) -> None:
    with scopes_disabled():
        Membership.objects.create(user=user, program=program, role=Role(role).value)


def signed_in(client: Client, user: User) -> Client:
    """The same client, signed in without going through the form."""
    client.force_login(user)
    return client


def site_of(program: Program, name: str = "Front desk") -> Site:
    with scopes_disabled():
        return Site.objects.get(program=program, name=name)


def item_of(program: Program, key: str) -> Item:
    with scopes_disabled():
        return Item.objects.get(program=program, key=key)
