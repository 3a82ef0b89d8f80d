"""Questions about imports."""

from __future__ import annotations

from alongside.accounts.roles import PERMISSIONS, Role, roles_allow
from alongside.encounters.importing.models import Import
from alongside.encounters.importing.outcomes import Tally
from alongside.encounters.models import Encounter
from alongside.encounters.submissions import Sender
from alongside.sites.models import Membership, Program

DOOR = "import"


def sender_for(program: Program, *, user_id: int) -> Sender:
    """The person who imports, with what their roles allow today."""
    held = Membership._base_manager.filter(program=program, user_id=user_id).values_list("role", flat=True)
    roles = frozenset(Role(role) for role in held)
    permissions = frozenset(permission for permission in PERMISSIONS if roles_allow(roles, permission))
    return Sender(program=program, user_id=user_id, permissions=permissions, door=DOOR)


def import_of_same_file(found: Import) -> Import | None:
    """An earlier import of the very same file that still counts."""
    same = Import.objects.filter(content_hash=found.content_hash, state=Import.State.DONE).exclude(pk=found.pk)
    earlier: Import | None = same.order_by("-at").first()
    return earlier


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
