"""Beginning a program, and giving people roles in it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.encounters.setting_up import set_up_program
from alongside.sites.models import Program, Site
from alongside.sites.staff import give_roles


def begin_program(name: str, *, slug: str, timezone: str) -> Program:
    """A program that can record its first contact: with the catalogue that ships, and a front desk."""
    with transaction.atomic():
        program = set_up_program(name=name, slug=slug, timezone=timezone)
        with scope(program=program):
            Site.objects.create(program=program, name=_("Front desk"), kind=Site.Kind.DESK)
    return program


def set_roles(user: User, program: Program, roles: frozenset[Role]) -> None:
    """Exactly these roles, there."""
    with transaction.atomic(), scope(program=program):
        give_roles(user, set(roles), program)
