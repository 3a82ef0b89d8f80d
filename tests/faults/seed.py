"""Runs in a process of its own, in the home of a server: makes a program, or says what the ledger holds.

python -m tests.faults.seed begin     -> {"session": …, "site": …}
python -m tests.faults.seed look      -> {"contacts": […], "undone": […], "out": {…}, "is_whole": …, "integrity": …}
python -m tests.faults.seed phones 10 -> {"workers": […], "sessions": […], "kid": …, "public_key": …}
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from alongside.config.starting import start_django

SYRINGE = "syringe-1ml-29g-half"
PASSWORD = "paper lantern 47"
SESSIONS_A_PHONE = 8


def begin() -> dict[str, Any]:
    from alongside.accounts.models import User
    from alongside.accounts.roles import Role
    from alongside.config.founding import begin_program, set_roles
    from alongside.sites.models import Site

    program = begin_program("Harbor Exchange", slug="harbor", timezone="America/New_York")
    user = User.objects.create_user("rosa", PASSWORD, name="Rosa")
    set_roles(user, program, frozenset({Role.COORDINATOR}))
    return {"session": _session_of(user), "site": Site._base_manager.get(program=program).pk}


def _session_of(user: Any) -> str:
    from django.conf import settings

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def phones(count: str) -> dict[str, Any]:
    """Phones that Rosa and a colleague set up, and sessions to sign in with, one after the other."""
    from alongside.accounts.models import User
    from alongside.accounts.roles import Role
    from alongside.config.founding import set_roles
    from alongside.encounters.outbox.sealing import public_key
    from alongside.encounters.outbox.tokens import worker_token
    from alongside.sites.members import Member
    from alongside.sites.models import Program

    program, rosa = Program.objects.get(), User.objects.get()
    lee = User.objects.create_user("lee", PASSWORD, name="Lee")
    set_roles(lee, program, frozenset({Role.WORKER}))
    members = [Member(user_id=user.pk, name="", program=program, roles=frozenset()) for user in (rosa, lee)]
    key = public_key(program)
    return {
        "workers": [worker_token(members[number % 2]) for number in range(int(count))],
        "sessions": [_session_of(rosa) for _ in range(int(count) * SESSIONS_A_PHONE)],
        "kid": key.kid,
        "public_key": key.raw,
    }


def look() -> dict[str, Any]:
    from django.db import connection
    from django.db.models import Sum
    from django_scopes import scopes_disabled

    from alongside.encounters.models import Attempt, Encounter, Entry
    from alongside.services.distribution.models import Given
    from alongside.supplies.models import StockLevel, StockMove

    with scopes_disabled():
        contacts = {str(pk) for pk in Encounter.objects.values_list("pk", flat=True)}
        with_entries = {str(pk) for pk in Entry.objects.values_list("encounter_id", flat=True)}
        with_facts = {str(pk) for pk in Given.objects.values_list("entry__encounter_id", flat=True)}
        with_moves = {str(pk) for pk in StockMove.objects.values_list("source", flat=True)}
        moved = StockMove.objects.aggregate(total=Sum("quantity"))["total"] or 0
        stands = StockLevel.objects.aggregate(total=Sum("quantity"))["total"] or 0
        undone = [str(pk) for pk in Encounter.objects.filter(state="undone").values_list("pk", flat=True)]
        out = dict(StockMove.objects.values_list("item__key").annotate(total=Sum("quantity")))
        attempts = Attempt.objects.count()
    integrity = "ok"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            integrity = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    is_whole = contacts == with_entries == with_facts | set(undone) == with_moves and moved == stands
    return {
        "contacts": sorted(contacts),
        "undone": sorted(undone),
        "out": {key: -total for key, total in out.items()},
        "attempts": attempts,
        "is_whole": is_whole,
        "integrity": integrity,
    }


if __name__ == "__main__":
    start_django()
    sys.stdout.write(json.dumps({"begin": begin, "look": look, "phones": phones}[sys.argv[1]](*sys.argv[2:])))
