"""Getting Django, and the database, ready inside a command."""

from __future__ import annotations

import os

from alongside.kernel.errors import Refusal


def start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.config.settings")
    import django

    django.setup()


def open_database() -> None:
    """For commands that need the tables as this version knows them."""
    start_django()
    from django.db import DatabaseError, InterfaceError

    from alongside.config.versions import changes_waiting

    try:
        count = changes_waiting()
    except (DatabaseError, InterfaceError) as error:
        raise Refusal(why_unopened(error)) from error
    if count:
        raise Refusal("The database is not prepared for this version yet. Start Alongside once: alongside run")


def why_unopened(error: Exception) -> str:
    from alongside.config.away import Trouble, trouble_behind

    if trouble_behind(error) is Trouble.FULL:
        return "The disk is full, so the database can't be opened. Free some space and try again."
    return f"The database can't be opened: {first_line(error)}. Run alongside doctor to know more."


def first_line(error: Exception) -> str:
    """What a database says about an error, without the details that follow."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
