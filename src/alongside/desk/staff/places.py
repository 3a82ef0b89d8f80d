"""Sites, shifts, and what holds for the whole program."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.context import SiteChoice
from alongside.desk.staff.forms import ProgramForm, ShiftForm, SiteForm, StartShiftForm
from alongside.desk.staff.pages import show
from alongside.encounters.shifts import end_shift
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Program, Shift, Site
from alongside.sites.people import colleagues, open_shifts
from alongside.sites.places import close_site, open_site, save_settings, save_site
from alongside.sites.shifts import change_shift, start_shift

SHIFTS_PER_PAGE = 30
PROGRAM_FIELDS = ("name", "name_es", "timezone", "language", "idle_minutes")


@needs("sites.manage")
def sites(request: MemberRequest) -> HttpResponse:
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_saved(request, Site(program=request.member.program), form):
        messages.success(request, _("The site is added."))
        return redirect("desk:sites")
    found = Site.objects.order_by("-is_active", "name")
    return show(request, "sites", {"form": form, "sites": found}, tab="desk:sites", status=422 if form.errors else 200)


@needs("sites.manage")
def site(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Site.objects, pk=pk)
    form = SiteForm(request.POST or None, initial={"name": found.name, "kind": found.kind})
    if request.method == "POST" and form.is_valid() and _is_saved(request, found, form):
        messages.success(request, _("Saved."))
        return redirect("desk:sites")
    return show(request, "site", {"form": form, "site": found}, tab="desk:sites", status=422 if form.errors else 200)


def _is_saved(request: MemberRequest, site: Site, form: SiteForm) -> bool:
    site.name, site.kind = form.cleaned_data["name"], form.cleaned_data["kind"]
    try:
        save_site(site, program=request.member.program, by_id=request.member.user_id)
    except Refusal as refusal:
        form.add_error("name", str(refusal))
        return False
    return True


@needs("sites.manage")
@require_POST
def close(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Site.objects, pk=pk)
    try:
        close_site(found, program=request.member.program, by_id=request.member.user_id)
        messages.success(request, _("The site is closed. What was recorded there is still counted."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:sites")


@needs("sites.manage")
@require_POST
def reopen(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Site.objects, pk=pk)
    open_site(found, program=request.member.program, by_id=request.member.user_id)
    messages.success(request, _("The site is open again."))
    return redirect("desk:sites")


@needs("shifts.manage")
def shifts(request: MemberRequest) -> HttpResponse:
    choice = SiteChoice(request)
    form = StartShiftForm(
        request.POST or None,
        sites=choice.all,
        colleagues=colleagues(),
        initial={"site": choice.current and choice.current.pk, "workers": [str(request.member.user_id)]},
    )
    if request.method == "POST" and form.is_valid() and _is_started(request, form):
        messages.success(request, _("The shift is open."))
        return redirect("desk:shifts")
    past = Shift.objects.exclude(ended_at=None).select_related("site").prefetch_related("workers")
    context = {
        "form": form,
        "open": list(open_shifts()),
        "page": Paginator(past, SHIFTS_PER_PAGE).get_page(request.GET.get("page")),
        "has_sites": bool(choice.all),
    }
    return show(request, "shifts", context, tab="desk:shifts", status=422 if form.errors else 200)


def _is_started(request: MemberRequest, form: StartShiftForm) -> bool:
    site = get_object_or_404(Site.objects, pk=int(form.cleaned_data["site"]))
    try:
        start_shift(
            site,
            workers=form.worker_ids,
            note=form.cleaned_data["note"],
            program=request.member.program,
            by_id=request.member.user_id,
        )
    except Refusal as refusal:
        form.add_error("site", str(refusal))
        return False
    return True


@needs("shifts.manage")
def shift(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Shift.objects.select_related("site"), pk=pk)
    here = {str(worker.pk) for worker in found.workers.all()}
    form = ShiftForm(request.POST or None, colleagues=colleagues(), initial={"workers": here, "note": found.note})
    if request.method == "POST" and form.is_valid():
        change_shift(
            found,
            workers=form.worker_ids,
            note=form.cleaned_data["note"],
            program=request.member.program,
            by_id=request.member.user_id,
        )
        messages.success(request, _("Saved."))
        return redirect("desk:shifts")
    context = {"form": form, "shift": found}
    return show(request, "shift", context, tab="desk:shifts", status=422 if form.errors else 200)


@needs("shifts.manage")
@require_POST
def end(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Shift.objects, pk=pk)
    try:
        end_shift(found, program=request.member.program, by_id=request.member.user_id)
        messages.success(request, _("The shift has ended. Thank you."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:shifts")


@needs("staff.manage")
def program_settings(request: MemberRequest) -> HttpResponse:
    program = Program.objects.get(pk=request.member.program.pk)
    form = ProgramForm(request.POST or None, initial={name: getattr(program, name) for name in PROGRAM_FIELDS})
    if request.method == "POST" and form.is_valid():
        for name in PROGRAM_FIELDS:
            setattr(program, name, form.cleaned_data[name])
        save_settings(program, by_id=request.member.user_id)
        messages.success(request, _("Saved."))
        return redirect("desk:program_settings")
    may_choose_codes = request.member.can("participants.manage")
    context = {"form": form, "may_choose_codes": may_choose_codes}
    return show(request, "program", context, tab="desk:program_settings", status=422 if form.errors else 200)
