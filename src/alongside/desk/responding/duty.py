"""Going on duty and off it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.alarms.duties import check_reachability, go_off_duty, go_on_duty
from alongside.alarms.queries import people_on_duty
from alongside.desk.responding.forms import DutyForm
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest


@needs("alarms.answer")
@require_POST
def start(request: MemberRequest) -> HttpResponse:
    form = DutyForm(request.POST)
    hours = form.cleaned_data["hours"] if form.is_valid() else 0
    try:
        go_on_duty(hours=hours, program_id=request.member.program.pk, by_id=request.member.user_id)
        messages.success(request, _("A message was sent to you. Open it and answer: only then are people covered."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:alarms")


@needs("alarms.answer")
@require_POST
def check(request: MemberRequest) -> HttpResponse:
    """Send the shift check once more."""
    mine = people_on_duty(request.member.program.pk).filter(user_id=request.member.user_id).first()
    try:
        if mine is not None:
            check_reachability(mine)
            messages.success(request, _("A message was sent to you. Open it and answer."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:alarms")


@needs("alarms.answer")
@require_POST
def end(request: MemberRequest) -> HttpResponse:
    try:
        go_off_duty(program_id=request.member.program.pk, by_id=request.member.user_id)
        messages.success(request, _("You are off duty."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:alarms")
