"""What responders and coordinators see of check-ins: which run, the program's intervals, and a plan once it is open."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.alarms.canary import canary_figures
from alongside.alarms.models import Incident
from alongside.alarms.stages import incident_code
from alongside.kernel.errors import Refusal
from alongside.services.checkins.actions import confirm_protocol, read_plan, retire_protocol, say_ok
from alongside.services.checkins.models import CheckIn, Protocol
from alongside.services.checkins.queries import protocols_in_use, running_check_ins, standing_of
from alongside.services.checkins.rules.plans import SUGGESTIONS, plan_from
from alongside.services.checkins.rules.times import moment
from alongside.sites.middleware import MemberRequest

KEYS = tuple((each.key, gettext_lazy(each.name)) for each in SUGGESTIONS)


class ProtocolForm(forms.Form):
    """The program's own interval, and why."""

    key = forms.ChoiceField(label=gettext_lazy("How"), choices=KEYS)
    wait_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds until they should answer"), min_value=30, max_value=7200
    )
    grace_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds more until people are told"), min_value=0, max_value=600
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("Who decided this and on what ground: your protocol, a paper, a person."),
        max_length=400,
    )


@needs("alarms.answer")
def check_ins(request: MemberRequest) -> HttpResponse:
    program = request.member.program
    running = [(each, moment(each.due_ms)) for each in running_check_ins(program.pk)]
    context = {
        "running": running,
        "protocols": protocols_in_use(program.pk),
        "suggestions": SUGGESTIONS,
        "can_manage": request.member.can("alarms.manage"),
        "address": request.build_absolute_uri(reverse("check_in:begin", args=[program.slug])),
        "canary": canary_figures(program.pk),
    }
    return render(request, "checkins/staff.html", context)


@needs("alarms.answer")
@require_POST
def noted_ok(request: MemberRequest, pk: UUID) -> HttpResponse:
    """They rang or came by: somebody on duty says it for them."""
    say_ok(get_object_or_404(CheckIn.objects, pk=pk), by_id=request.member.user_id)
    messages.success(request, _("Noted. The check-in has ended."))
    return redirect("checkins:check_ins")


@needs("alarms.manage")
def protocol(request: MemberRequest) -> HttpResponse:
    wanted = request.GET.get("key")
    start = next((each for each in SUGGESTIONS if each.key == wanted), SUGGESTIONS[0])
    initial = {name: getattr(start, name) for name in ("key", "wait_seconds", "grace_seconds", "source")}
    form = ProtocolForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and _is_confirmed(request, form):
        messages.success(request, _("Confirmed. People can check in by it from now on."))
        return redirect("checkins:check_ins")
    return render(request, "checkins/protocol.html", {"form": form}, status=422 if form.errors else 200)


def _is_confirmed(request: MemberRequest, form: ProtocolForm) -> bool:
    said = form.cleaned_data
    name = next(each.name for each in SUGGESTIONS if each.key == said["key"])
    try:
        confirm_protocol(**said, name=name, program_id=request.member.program.pk, by_id=request.member.user_id)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@needs("alarms.manage")
@require_POST
def retire(request: MemberRequest, pk: int) -> HttpResponse:
    retire_protocol(get_object_or_404(Protocol.objects, pk=pk), by_id=request.member.user_id)
    messages.success(request, _("Nobody can check in by it any more."))
    return redirect("checkins:check_ins")


@needs("alarms.answer")
@never_cache
def plan(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Of an incident. Before anything is shown a button says that every reading is seen by the person."""
    incident = get_object_or_404(Incident.objects, pk=pk)
    check_in = get_object_or_404(CheckIn.objects.select_related("protocol"), pk=incident.subject)
    text = read_plan(check_in, by_id=request.member.user_id) if request.method == "POST" else ""
    context = {
        "incident": incident,
        "code": incident_code(incident.pk),
        "check_in": check_in,
        "standing": standing_of(check_in),
        "plan": plan_from(text) if text else None,
        "opens": moment(check_in.release_ms) if check_in.release_ms else None,
    }
    return render(request, "checkins/plan.html", context)


app_name = "checkins"
urlpatterns = [
    path("", check_ins, name="check_ins"),
    path("<uuid:pk>/ok/", noted_ok, name="noted_ok"),
    path("interval/", protocol, name="protocol"),
    path("interval/<int:pk>/retire/", retire, name="protocol_retire"),
    path("plan/<uuid:pk>/", plan, name="plan"),
]
