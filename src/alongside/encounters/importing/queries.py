"""Questions about imports."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from alongside.accounts.roles import PERMISSIONS, Role, roles_allow
from alongside.encounters.importing.models import Import
from alongside.encounters.importing.outcomes import Tally
from alongside.encounters.models import Encounter
from alongside.encounters.submissions import Sender
from alongside.sites.models import Membership, Program

DOOR = "import"
MOST_LISTED = 50


def sender_for(program: Program, *, user_id: int) -> Sender:
    """The person who imports, with what their roles allow today."""
    held = Membership._base_manager.filter(program=program, user_id=user_id, ended_at=None).values_list(
        "role", flat=True
    )
    roles = frozenset(Role(role) for role in held)
    permissions = frozenset(permission for permission in PERMISSIONS if roles_allow(roles, permission))
    return Sender(program=program, user_id=user_id, permissions=permissions, door=DOOR)


def earlier_import_of_same_sheet(found: Import) -> Import | None:
    """An import of the same sheet of the very same file that still counts."""
    same = Import.objects.filter(content_hash=found.content_hash, state=Import.State.DONE).exclude(pk=found.pk)
    sheet = found.mapping.get("sheet")
    return next((each for each in same.order_by("-at") if each.mapping.get("sheet") == sheet), None)


def contacts_of(found: Import, state: Encounter.State) -> list[UUID]:
    """Ids of the contacts that came with an import and are in that state."""
    return list(Encounter.objects.filter(batch=found.pk, state=state).order_by("pk").values_list("pk", flat=True))


def contacts_of_earlier_imports(found: Import, tally: Tally) -> int:
    """Contacts that other imports recorded at the new lines' sites on the same days: perhaps the same work twice.

    Counted between the first and the last day of each site; lines that are here already are no surprise.
    """
    total = sum(
        Encounter.objects.filter(door=DOOR, state=Encounter.State.LIVE, site_id=site_id, day__gte=first, day__lte=last)
        .exclude(batch=found.pk)
        .count()
        for site_id, (first, last) in tally.spans.items()
    )
    return max(0, total - tally.repeats_in_spans)


def recent_imports() -> QuerySet[Import]:
    found: QuerySet[Import] = Import.objects.select_related("by").order_by("-at")[:MOST_LISTED]
    return found


def corrected_by_hand(found: Import) -> int:
    """Contacts of this import that somebody corrected since."""
    return int(Encounter.objects.filter(batch=found.pk, state=Encounter.State.CORRECTED).count())
