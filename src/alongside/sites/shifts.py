"""Verbs and questions about shifts: who worked where, and when."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.models import Membership, Program, Shift, Site


def start_shift(site: Site, *, workers: Iterable[int], note: str, program: Program, by_id: int) -> Shift:
    """Open a shift at a site. Raises Refusal if one is open there already."""
    with transaction.atomic():
        Site.objects.select_for_update().get(pk=site.pk)
        if Shift.objects.filter(site=site, ended_at=None).exists():
            raise Refusal(_("A shift is open at this site already. End it first, or add who else came."))
        shift = Shift.objects.create(program=program, site=site, started_at=now(), note=note)
        shift.workers.set(_colleagues(workers))
        record_audit("shifts.started", program_id=program.pk, by_id=by_id, target=str(shift.pk))
    return shift


def change_shift(shift: Shift, *, workers: Iterable[int], note: str, program: Program, by_id: int) -> None:
    with transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(note=note)
        shift.workers.set(_colleagues(workers))
        record_audit("shifts.changed", program_id=program.pk, by_id=by_id, target=str(shift.pk))


def end_shift(shift: Shift, *, program: Program, by_id: int) -> None:
    with transaction.atomic():
        if Shift.objects.filter(pk=shift.pk, ended_at=None).update(ended_at=now()):
            record_audit("shifts.ended", program_id=program.pk, by_id=by_id, target=str(shift.pk))


def _colleagues(user_ids: Iterable[int]) -> set[int]:
    """Only those who work at this program, whatever a form says."""
    return set(Membership.objects.filter(user_id__in=set(user_ids), ended_at=None).values_list("user_id", flat=True))
