"""What would a subpoena show? Every stored field that could point to somebody, and shredding what is not needed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.doors import needs
from alongside.desk.exposure.fields import fields_about_staff, tables_about_people
from alongside.desk.exposure.forms import RulesForm
from alongside.desk.privacy import show
from alongside.encounters.models import Purge
from alongside.encounters.retention import (
    BACKUP_PULSE,
    ask_for_purge,
    change_rules,
    due,
    months_of,
    next_shredding,
    retention_of,
)
from alongside.encounters.singling_out import singled_out
from alongside.jobs.pulses import last_beat
from alongside.sites.middleware import MemberRequest

RECEIPTS = 20


@needs("exposure.see")
@require_safe
def exposure(request: MemberRequest) -> HttpResponse:
    program = request.member.program
    rules = retention_of(program)
    initial = {str(rule): months for rule, months in months_of(rules).items()}
    return _show(request, RulesForm(initial=initial))


@needs("exposure.purge")
@require_POST
def rules(request: MemberRequest) -> HttpResponse:
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    change_rules(request.member.program, form.months, by_id=request.member.user_id)
    messages.success(request, _("Saved. It is done once a day from now on; you can also shred now."))
    return redirect("desk:exposure")


@needs("exposure.purge")
def purge(request: MemberRequest) -> HttpResponse:
    """First how much it would be, then, by post, the thing itself. It can't be undone."""
    member = request.member
    if request.method == "POST":
        receipt = ask_for_purge(member.program, by_id=member.user_id)
        return redirect("desk:exposure_receipt", pk=receipt.pk)
    context = {"due": due(member.program), "months": _months(request), "backup_at": last_beat(BACKUP_PULSE)}
    return show(request, "exposure/purge", context, tab="desk:exposure")


@needs("exposure.see")
def receipt(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Purge.objects.select_related("by"), pk=pk)
    return show(request, "exposure/receipt", {"receipt": found}, tab="desk:exposure")


def _show(request: MemberRequest, form: RulesForm, *, status: int = 200) -> HttpResponse:
    program = request.member.program
    found = retention_of(program)
    context: dict[str, Any] = {
        "form": form,
        "may_purge": request.member.can("exposure.purge"),
        "tables": tables_about_people(found),
        "staff": fields_about_staff(),
        "singled_out": singled_out(program),
        "next": next_shredding(program),
        "receipts": Purge.objects.select_related("by").order_by("-pk")[:RECEIPTS],
        "backup_at": last_beat(BACKUP_PULSE),
        "key_place": str(settings.CODE_KEY_PLACE()),
    }
    return show(request, "exposure/exposure", context, tab="desk:exposure", status=status)


def _months(request: MemberRequest) -> dict[str, int | None]:
    return {str(rule): months for rule, months in months_of(retention_of(request.member.program)).items()}
