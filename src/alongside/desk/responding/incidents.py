"""What responders look at: who covers now, which incidents are open, and the story of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.alarms.figures import rates_of
from alongside.alarms.incidents import add_note, ask_to_take_over, end_incident, take_incident
from alongside.alarms.models import Incident
from alongside.alarms.queries import (
    CANARY,
    cover_of,
    living_sounders,
    messages_of,
    open_findings,
    open_incidents,
    people_on_duty,
    story_of,
)
from alongside.desk.responding.forms import DutyForm, EndForm, NoteForm
from alongside.desk.responding.showing import MISSING, line_of, moment, told_of
from alongside.encounters.registry import registry
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Program

A_PAGE = 30


@needs("alarms.answer")
def overview(request: MemberRequest) -> HttpResponse:
    program = request.member.program
    duties = list(people_on_duty(program.pk))
    rows = _shown(open_incidents(program.pk))
    context = {
        "late": sorted((row for row in rows if row["incident"].found_late), key=lambda row: row["due"]),
        "incidents": [row for row in rows if not row["incident"].found_late],
        "cover": _cover(program),
        "duties": [(duty, moment(duty.until_ms)) for duty in duties],
        "mine": next((duty for duty in duties if duty.user_id == request.member.user_id), None),
        "form": DutyForm(),
        "sounders": living_sounders(program.pk),
        "findings": open_findings(),
        "can_manage": request.member.can("alarms.manage"),
    }
    template = "board" if request.headers.get("HX-Request") else "overview"
    return render(request, f"desk/responding/{template}.html", context)


def _cover(program: Program) -> dict[str, Any]:
    cover = cover_of(program.pk)
    return {"until": moment(cover.until_ms) if cover.is_given else None, "missing": MISSING.get(cover.missing, "")}


def _shown(incidents: Any) -> list[dict[str, Any]]:
    found = incidents.select_related("owner", "site")
    return [{"incident": each, "raised": moment(each.raised_ms), "due": moment(each.due_ms)} for each in found]


@needs("alarms.answer")
def every_incident(request: MemberRequest) -> HttpResponse:
    found = Incident.objects.exclude(kind=CANARY).select_related("owner").order_by("-raised_ms")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _shown(page.object_list), "rates": rates_of(request.member.program.pk)}
    return render(request, "desk/responding/incidents.html", context)


@needs("alarms.answer")
def incident(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk)


def _page(request: MemberRequest, pk: UUID, form: forms.Form | None = None) -> HttpResponse:
    found = get_object_or_404(Incident.objects.select_related("owner", "site"), pk=pk)
    colleagues = [duty.user for duty in people_on_duty(found.program_id) if duty.user_id != request.member.user_id]
    context = {
        "incident": found,
        "raised": moment(found.raised_ms),
        "due": moment(found.due_ms),
        "late_ok": moment(found.late_ok_ms) if found.late_ok_ms else None,
        "lines": [line_of(event) for event in story_of(found)],
        "told": [told_of(message) for message in messages_of(found)],
        "is_mine": found.owner_id == request.member.user_id,
        "colleagues": colleagues,
        "page": page_of(found),
        "note_form": NoteForm(),
        "end_form": form or EndForm(),
    }
    return render(request, "desk/responding/incident.html", context, status=422 if form else 200)


def page_of(found: Incident) -> str:
    """Where a service shows what responders may know of this incident."""
    pages = {kind: name for spec in registry for kind, name in spec.incident_pages.items()}
    return reverse(pages[found.kind], args=[found.pk]) if found.kind in pages else ""


@needs("alarms.answer")
@require_POST
def take(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Incident.objects, pk=pk)
    try:
        take_incident(pk, program_id=request.member.program.pk, by_id=request.member.user_id)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:incident", pk=pk)


@needs("alarms.answer")
@require_POST
def note(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Incident.objects, pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            said = form.cleaned_data["note"]
            add_note(pk, said, program_id=request.member.program.pk, by_id=request.member.user_id)
        except Refusal as refusal:
            messages.warning(request, str(refusal))
    return redirect("desk:incident", pk=pk)


@needs("alarms.answer")
@require_POST
def offer(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Incident.objects, pk=pk)
    program_id = request.member.program.pk
    wanted = request.POST.get("to", "")
    on_duty = {str(duty.user_id): duty.user_id for duty in people_on_duty(program_id)}
    if wanted not in on_duty:
        messages.warning(request, _("Choose a colleague who is on duty."))
        return redirect("desk:incident", pk=pk)
    try:
        ask_to_take_over(pk, on_duty[wanted], program_id=program_id, by_id=request.member.user_id)
        messages.success(request, _("They were asked. It stays yours until they have taken it."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:incident", pk=pk)


@needs("alarms.answer")
@require_POST
def end(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Incident.objects, pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, form)
    said = form.cleaned_data
    try:
        end_incident(
            pk, said["outcome"], program_id=request.member.program.pk, by_id=request.member.user_id, note=said["about"]
        )
        messages.success(request, _("Ended and written down."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:alarms")
