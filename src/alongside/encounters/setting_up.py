"""Setting up a program: the one verb that pages, commands and the demo share."""

from __future__ import annotations

from django.db import transaction
from django_scopes import scope

from alongside.encounters.registry import registry
from alongside.sites.models import Program
from alongside.supplies.setting_up import add_starter_catalogue


def set_up_program(*, name: str, slug: str, timezone: str = "UTC", language: str = "en") -> Program:
    """A new program with the shipped catalogue and each service's starting data. It has no site and no staff yet."""
    with transaction.atomic():
        program = Program.objects.create(name=name, slug=slug, timezone=timezone, language=language)
        with scope(program=program):
            add_starter_catalogue(program)
            for service in registry:
                service.set_up(program.pk)
    return program
