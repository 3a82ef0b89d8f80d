"""Ending a shift, unless a service says that something is still open there."""

from __future__ import annotations

from django.db import transaction

from alongside.encounters.registry import registry
from alongside.kernel.errors import Refusal
from alongside.sites import shifts
from alongside.sites.models import Program, Shift


def end_shift(shift: Shift, *, program: Program, by_id: int) -> None:
    """Raises Refusal with what has to be handed over first."""
    with transaction.atomic():
        reasons = [service.why_shift_goes_on(shift.site_id) for service in registry]
        if any(reasons):
            raise Refusal(" ".join(filter(None, reasons)))
        shifts.end_shift(shift, program=program, by_id=by_id)
