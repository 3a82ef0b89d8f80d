"""Phones that workers set up: which there are, and taking one off the list."""

from __future__ import annotations

from django.db.models import QuerySet

from alongside.encounters.outbox.models import Phone
from alongside.kernel.clock import now
from alongside.sites.audit import record_audit
from alongside.sites.models import Program


def phones_heard_of() -> QuerySet[Phone]:
    """The ones in use first, the one that was heard of last before all others."""
    return Phone.objects.select_related("worker").order_by("revoked_at", "-last_heard_at")


def revoke_phone(phone: Phone, *, program: Program, by_id: int) -> None:
    """What it records from now on waits for a person. What it recorded before still counts, whenever it comes."""
    if Phone.objects.filter(pk=phone.pk, revoked_at=None).update(revoked_at=now()):
        record_audit("phones.revoked", program_id=program.pk, by_id=by_id, target=str(phone.pk))
