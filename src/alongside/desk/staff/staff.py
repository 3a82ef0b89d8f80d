"""Who works here: adding people, their roles, resetting their sign-in, switching accounts off and on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.actions import START_PASSWORD_DAYS
from alongside.accounts.doors import needs
from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.desk.staff.forms import ROLES, RolesForm, WorkerForm
from alongside.desk.staff.pages import show, show_once
from alongside.kernel.errors import Refusal
from alongside.sites.devices import revoke_device
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Device
from alongside.sites.people import everybody, roles_of, staff_list
from alongside.sites.staff import (
    add_colleague,
    add_worker,
    administers_all_programs_of,
    end_work,
    reset_password,
    reset_second_step,
    set_roles,
    take_back,
    works_elsewhere,
)

TAB = "desk:staff"


@needs("staff.manage")
def staff(request: MemberRequest) -> HttpResponse:
    names = {role: str(text).partition(":")[0] for role, text in ROLES}
    rows = [(worker, [names[role] for role in worker.roles]) for worker in staff_list()]
    context = {
        "working": [row for row in rows if row[0].is_active],
        "switched_off": [row for row in rows if not row[0].is_active],
    }
    return show(request, "staff", context, tab=TAB)


@needs("staff.manage")
def add(request: MemberRequest) -> HttpResponse:
    form = WorkerForm(request.POST or None, initial={"roles": [Role.WORKER]})
    if request.method == "POST" and form.is_valid():
        try:
            return _added(request, form)
        except Refusal as refusal:
            form.add_error("username", str(refusal))
    return show(request, "add", {"form": form}, tab=TAB, status=422 if form.errors else 200)


def _added(request: MemberRequest, form: WorkerForm) -> HttpResponse:
    """Somebody new with a start password, or somebody whom this administrator already manages at another program."""
    member = request.member
    username = form.cleaned_data["username"].lower()
    known = User.objects.filter(username=username, is_active=True).exclude(pk__in=everybody()).first()
    if known and administers_all_programs_of(member.user_id, known):
        add_colleague(known, roles=form.chosen, program=member.program, by_id=member.user_id)
        messages.success(request, _("They work here too now, and sign in as they do already."))
        return redirect("desk:staff_member", pk=known.pk)
    user, password = add_worker(
        username=username,
        name=form.cleaned_data["name"],
        roles=form.chosen,
        program=member.program,
        by_id=member.user_id,
    )
    return _start_password(request, user, password)


def _start_password(request: MemberRequest, user: User, password: str) -> HttpResponse:
    context = {"worker": user, "password": password, "days": START_PASSWORD_DAYS}
    return show_once(request, "start_password", context, tab=TAB)


@needs("staff.manage")
def worker(request: MemberRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(everybody(), pk=pk)
    form = RolesForm(request.POST or None, initial={"roles": roles_of(user)})
    if request.method == "POST" and form.is_valid():
        try:
            set_roles(user, roles=form.chosen, program=request.member.program, by_id=request.member.user_id)
        except Refusal as refusal:
            form.add_error("roles", str(refusal))
        else:
            messages.success(request, _("Saved. It holds from their next page on."))
            return redirect("desk:staff")
    return show(request, "worker", _about(request, user, form), tab=TAB, status=422 if form.errors else 200)


def _about(request: MemberRequest, user: User, form: RolesForm) -> dict[str, object]:
    row = next(each for each in staff_list() if each.user == user)
    return {
        "worker": row,
        "form": form,
        "works_elsewhere": works_elsewhere(user, request.member.program),
        "is_own": user.pk == request.member.user_id,
    }


@needs("staff.manage")
@require_POST
def new_password(request: MemberRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(everybody(), pk=pk)
    try:
        password = reset_password(user, program=request.member.program, by_id=request.member.user_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:staff_member", pk=pk)
    return _start_password(request, user, password)


@needs("staff.manage")
@require_POST
def no_second_step(request: MemberRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(everybody(), pk=pk)
    try:
        reset_second_step(user, program=request.member.program, by_id=request.member.user_id)
        messages.success(request, _("Their passkeys, app and recovery codes no longer work. The password does."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:staff_member", pk=pk)


@needs("staff.manage")
def switch_off(request: MemberRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(everybody(), pk=pk)
    if request.method != "POST":
        return show(request, "switch_off", {"worker": user}, tab=TAB)
    try:
        end_work(user, program=request.member.program, by_id=request.member.user_id)
        messages.success(request, _("Switched off: they are signed out everywhere. What they recorded stays."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:staff")


@needs("staff.manage")
@require_POST
def switch_on(request: MemberRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(everybody(), pk=pk)
    take_back(user, program=request.member.program, by_id=request.member.user_id)
    messages.success(request, _("Switched on again, with the roles they had."))
    return redirect("desk:staff_member", pk=pk)


@needs("staff.manage")
def devices(request: MemberRequest) -> HttpResponse:
    found = Device.objects.select_related("shared_by").order_by("revoked_at", "-shared_at")
    return show(request, "devices", {"devices": found}, tab="desk:devices")


@needs("staff.manage")
@require_POST
def revoke(request: MemberRequest, pk: object) -> HttpResponse:
    device = get_object_or_404(Device.objects, pk=pk)
    revoke_device(device, program=request.member.program, by_id=request.member.user_id)
    messages.success(request, _("No longer shared. Whoever came in there with a PIN is signed out."))
    return redirect("desk:devices")
