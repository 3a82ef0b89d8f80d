"""Which program a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from alongside.sites.models import Program

program_option = click.option("--program", default="", help="The short name of the program, where there are several.")


def the_program(slug: str) -> Program:
    """The one of that short name, or the only one there is."""
    from alongside.sites.models import Program

    programs = list(Program.objects.filter(slug=slug) if slug else Program.objects.all())
    if len(programs) == 1:
        return programs[0]
    if programs:
        slugs = ", ".join(program.slug for program in programs)
        raise Refusal(f"There are several programs. Say which with --program: {slugs}.")
    if slug:
        raise Refusal(f"There is no program with the short name {slug}.")
    raise Refusal('There is no program yet. Begin one: alongside users add-program "NAME" --slug … --timezone …')
