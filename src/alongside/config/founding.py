"""Beginning a program, and giving people roles in it."""

from __future__ import annotations

from django.db import transaction
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.participants.models import CodeScheme
from alongside.sites.models import Membership, Program, Site
from alongside.supplies.setting_up import add_starter_catalogue


def begin_program(name: str, *, slug: str, timezone: str) -> Program:
    """A program with a front desk, the catalogue that ships, and random cards for participants who want one."""
    with transaction.atomic():
        program = Program.objects.create(name=name, slug=slug, timezone=timezone)
        with scope(program=program):
            Site.objects.create(program=program, name="Front desk", kind=Site.Kind.DESK)
            CodeScheme.objects.create(program=program)
            add_starter_catalogue(program)
    return program


def set_roles(user: User, program: Program, roles: frozenset[Role]) -> None:
    """Exactly these roles, there."""
    with transaction.atomic(), scope(program=program):
        Membership.objects.filter(user=user).exclude(role__in=roles).delete()
        for role in sorted(roles):
            Membership.objects.get_or_create(user=user, program=program, role=role.value)
