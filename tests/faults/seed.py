"""Runs in a process of its own, in the home of a server: makes a program, or says what the ledger holds.

python -m tests.faults.seed begin     -> {"session": …, "site": …}
python -m tests.faults.seed look      -> {"contacts": […], "is_whole": …, "integrity": …}
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from alongside.config.starting import start_django

SYRINGE = "syringe-1ml-29g-half"
PASSWORD = "paper lantern 47"


def begin() -> dict[str, Any]:
    from django.conf import settings
    from django.core.management import call_command

    from alongside.accounts.models import User
    from alongside.accounts.roles import Role
    from alongside.config.founding import begin_program, set_roles
    from alongside.sites.models import Site

    call_command("migrate", verbosity=0)
    program = begin_program("Harbor Exchange", slug="harbor", timezone="America/New_York")
    user = User.objects.create_user("rosa", PASSWORD, name="Rosa")
    set_roles(user, program, frozenset({Role.COORDINATOR}))
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    return {"session": session.session_key, "site": Site._base_manager.get(program=program).pk}


def look() -> dict[str, Any]:
    from django.db import connection
    from django.db.models import Sum
    from django_scopes import scopes_disabled

    from alongside.encounters.models import Encounter, Entry
    from alongside.services.distribution.models import Given
    from alongside.supplies.models import StockLevel, StockMove

    with scopes_disabled():
        contacts = {str(pk) for pk in Encounter.objects.values_list("pk", flat=True)}
        with_entries = {str(pk) for pk in Entry.objects.values_list("encounter_id", flat=True)}
        with_facts = {str(pk) for pk in Given.objects.values_list("entry__encounter_id", flat=True)}
        with_moves = {str(pk) for pk in StockMove.objects.values_list("source", flat=True)}
        moved = StockMove.objects.aggregate(total=Sum("quantity"))["total"] or 0
        stands = StockLevel.objects.aggregate(total=Sum("quantity"))["total"] or 0
    integrity = "ok"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            integrity = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    is_whole = contacts == with_entries == with_facts == with_moves and moved == stands
    return {"contacts": sorted(contacts), "is_whole": is_whole, "integrity": integrity}


if __name__ == "__main__":
    start_django()
    sys.stdout.write(json.dumps({"begin": begin, "look": look}[sys.argv[1]]()))
