"""Who can be reached and through what."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.alarms.incidents import tell_targets
from alongside.alarms.queries import targets_in_use
from alongside.desk.responding.forms import GatewayForm, MailServerForm, MatrixForm, SharedTargetForm, TargetForm
from alongside.desk.responding.showing import moment
from alongside.kernel.errors import Refusal
from alongside.messaging.alerting.models import Carrier, Channel, Target
from alongside.messaging.alerting.outgoing import SHIFT_CHECK
from alongside.messaging.alerting.targets import add_target, end_target, keep_carrier
from alongside.sites.middleware import MemberRequest

CARRIERS: dict[str, type[MailServerForm | GatewayForm | MatrixForm]] = {
    Channel.EMAIL: MailServerForm,
    Channel.TEXT: GatewayForm,
    Channel.CALL: GatewayForm,
    Channel.MATRIX: MatrixForm,
}


@needs("alarms.answer")
def targets(request: MemberRequest) -> HttpResponse:
    can_manage = request.member.can("alarms.manage")
    form = (SharedTargetForm if can_manage else TargetForm)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _is_added(request, form):
        messages.success(request, _("Added. Send a message there now to see that it works."))
        return redirect("desk:targets")
    found = targets_in_use(request.member.program.pk).select_related("user", "site")
    context = {
        "rows": [(each, moment(each.proven_ms) if each.proven_ms else None, _may_end(request, each)) for each in found],
        "form": form,
        "can_manage": can_manage,
        "carriers": [(name, Channel(name).label, name in _set_up()) for name in CARRIERS],
    }
    return render(request, "desk/responding/targets.html", context, status=422 if form.errors else 200)


def _set_up() -> set[str]:
    return set(Carrier.objects.values_list("channel", flat=True))


def _is_added(request: MemberRequest, form: TargetForm) -> bool:
    said = form.cleaned_data
    try:
        add_target(
            name=said["name"],
            channel=said["channel"],
            written=said["written"],
            program_id=request.member.program.pk,
            user_id=request.member.user_id if said["whose"] == "me" else None,
            is_backup=said["is_backup"] or said["whose"] == "all",
            by_id=request.member.user_id,
        )
    except Refusal as refusal:
        form.add_error("written", str(refusal))
        return False
    return True


def _may_end(request: MemberRequest, target: Target) -> bool:
    return target.user_id == request.member.user_id or request.member.can("alarms.manage")


@needs("alarms.answer")
@require_POST
def end(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Target.objects, pk=pk)
    if not _may_end(request, found):
        raise Http404
    end_target(found, by_id=request.member.user_id)
    messages.success(request, _("Alarms do not go there any more."))
    return redirect("desk:targets")


@needs("alarms.answer")
@require_POST
def try_out(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Target.objects, pk=pk, ended_ms=None)
    words = _("A try-out of the alarm. Open it and answer, so that we know it reached you.")
    tell_targets([found], words=words, incident_id=None, program_id=found.program_id, urgency=SHIFT_CHECK)
    messages.success(request, _("Sent. It counts as working once it was opened and answered."))
    return redirect("desk:targets")


@needs("alarms.manage")
def carrier(request: MemberRequest, channel: str) -> HttpResponse:
    """What is entered replaces what was there; nothing of it is ever shown again."""
    if channel not in CARRIERS:
        raise Http404
    form = CARRIERS[channel](request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _is_kept(request, channel, form):
        messages.success(request, _("Kept. Send a message to somebody to see that it works."))
        return redirect("desk:targets")
    context = {"form": form, "label": Channel(channel).label, "is_set_up": channel in _set_up()}
    return render(request, "desk/responding/carrier.html", context, status=422 if form.errors else 200)


def _is_kept(request: MemberRequest, channel: str, form: forms.Form) -> bool:
    try:
        settings = form.settings()  # type: ignore[attr-defined]
        keep_carrier(channel, settings, program_id=request.member.program.pk, by_id=request.member.user_id)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
