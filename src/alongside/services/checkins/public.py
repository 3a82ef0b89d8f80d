"""The door for people who use alone: no account, no name, no cookie. Works without JavaScript, in under 100 kB.

The address of a running check-in is its secret: who has it can say OK, ask for more time, and see what was done.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from alongside.accounts.doors import open_to_all
from alongside.alarms.actions import AlreadyRaised
from alongside.kernel.errors import Refusal
from alongside.messaging.models import TextLine
from alongside.messaging.numbers import international
from alongside.services.checkins.actions import NotCovered, decline, extend, say_ok, start
from alongside.services.checkins.models import CheckIn
from alongside.services.checkins.queries import Standing, check_in_with, protocols_in_use, standing_of, why_not_covered
from alongside.services.checkins.rules.keeping import REFUSAL_SECONDS
from alongside.services.checkins.rules.plans import MOST_LETTERS, Plan
from alongside.services.checkins.rules.times import moment
from alongside.sites.models import Program

WHY: dict[str, str | Promise] = {
    "service": _("The alarm is not running as it should at the moment."),
    "nobody": _("Nobody is on duty at the moment."),
    "unproven": _("Whoever is on duty has not answered their own check yet."),
    "unreachable": _("Whoever is on duty can’t be reached at the moment."),
    "one_way": _("There is only one way to reach whoever is on duty, and that is not enough."),
    "too_long": _("Nobody is on duty for as long as this would take."),
    "keys": _("Your plan can’t be sealed at the moment."),
    "full": _("Too many people are checking in at this moment. Try again in a minute."),
    "protocol": _("This program has not set up check-ins."),
}


class PlanForm(forms.Form):
    """What the person chooses to write."""

    protocol = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    place = forms.CharField(
        label=_("Where are you?"),
        help_text=_("So that somebody can find you: address, floor, room, or a description."),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("That is too long: at most %(limit_value)d letters. You are not covered yet.")},
    )
    entry = forms.CharField(
        label=_("How do they get in?"),
        help_text=_("The door, a code, a dog. Unlock the door if you can, and don’t sit against it."),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    more = forms.CharField(
        label=_("Anything else they should know?"),
        help_text=_("Only if you want: what you took, where your naloxone is, whether you want no ambulance."),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    friend = forms.CharField(
        label=_("A friend’s phone number, if a friend should be told too"),
        help_text=_("They get a text without your place. We can’t test whether it reaches them."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, program: Program, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.program = program
        self.protocols = {each.key: each for each in protocols_in_use(program.pk)}
        field = self.fields["protocol"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(key, protocol_said(each.name, each.wait_seconds)) for key, each in self.protocols.items()]

    def clean_friend(self) -> str:
        written = str(self.cleaned_data["friend"]).strip()
        if not written:
            return ""
        line = TextLine._base_manager.filter(program=self.program).first()
        number = international(written, region=line.region if line else "US")
        if number is None:
            raise forms.ValidationError(_("This is not a phone number. Leave it empty, or write it whole."))
        return number

    def plan(self) -> Plan:
        said = self.cleaned_data
        with translation.override(self.program.language):
            words = str(
                _("Somebody who gave us your number has not answered their check-in. Please look after them now.")
            )
        return Plan(
            place=said["place"], entry=said["entry"], more=said["more"], friend=said["friend"], friend_words=words
        )


def protocol_said(name: str, seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    time = _("%(count)s minutes") % {"count": minutes} if not rest else _("%(count)s seconds") % {"count": seconds}
    return f"{translation.gettext(name)}: {time}"


@csrf_exempt
@open_to_all
@never_cache
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    program = get_object_or_404(Program, slug=slug)
    _speak(request, program)
    with timezone.override(program.timezone):
        form = PlanForm(request.POST if request.method == "POST" else None, program=program)
        if request.method == "POST" and form.is_valid():
            return _begun(request, program, form)
        why = "" if not form.is_bound else "form"
        return _start_page(request, program, form, why=why, status=422 if form.is_bound else 200)


def _begun(request: HttpRequest, program: Program, form: PlanForm) -> HttpResponse:
    try:
        protocol = form.protocols[form.cleaned_data["protocol"]]
        started = start(form.plan(), protocol=protocol, program=program, language=translation.get_language() or "en")
    except NotCovered as refusal:
        return _start_page(request, program, form, why=refusal.why, status=503)
    except Refusal as refusal:
        form.add_error("place", str(refusal))
        return _start_page(request, program, form, why="form", status=422)
    address = reverse("check_in:running", args=[program.slug, started.check_in.pk, started.secret])
    return _private(redirect(f"{address}#{started.word}"))


def _start_page(request: HttpRequest, program: Program, form: PlanForm, *, why: str, status: int) -> HttpResponse:
    """Says before anybody writes anything whether there is cover now."""
    now = "" if form.protocols else "protocol"
    now = now or why_not_covered(program, until_ms=0)
    word = why if why not in {"", "form"} else now
    context = {"program": program, "form": form, "why": WHY.get(word, ""), "has_tried": why, "is_covered": not word}
    return _private(render(request, "checkins/start.html", context, status=status))


@csrf_exempt
@open_to_all
@never_cache
def running(request: HttpRequest, slug: str, pk: UUID, secret: str) -> HttpResponse:
    check_in = _theirs(slug, pk, secret)
    _speak(request, check_in.program, check_in.language)
    problem = ""
    if request.method == "POST":
        problem = _done(check_in, request.POST.get("do", ""))
        if not problem:
            return _private(redirect(request.path))
        check_in.refresh_from_db(from_queryset=CheckIn._base_manager.select_related("protocol", "program"))
    with timezone.override(check_in.program.timezone):
        return _private(render(request, "checkins/running.html", _shown(request, check_in, problem)))


def _done(check_in: CheckIn, wanted: str) -> str:
    """A sentence if it could not be done."""
    try:
        if wanted == "ok":
            say_ok(check_in)
        elif wanted == "more":
            extend(check_in)
        elif wanted == "no" and not decline(check_in):
            return str(_("It was too late: your plan has been opened. You see below by whom."))
    except NotCovered as refusal:
        return f"{_('You can’t have more time now: the time that runs still holds.')} {WHY[refusal.why]}"
    except AlreadyRaised as refusal:
        return str(refusal)
    return ""


def _shown(request: HttpRequest, check_in: CheckIn, problem: str) -> dict[str, Any]:
    standing = standing_of(check_in)
    events = [(moment(each.at_ms), each) for each in standing.events]
    return {
        "standing": standing,
        "check_in": check_in,
        "problem": problem,
        "due": moment(check_in.due_ms),
        "alarm": moment(standing.alarm_ms) if standing.alarm_ms else None,
        "seconds_left": max(0, (check_in.due_ms - standing.now_ms) // 1000),
        "refusal_seconds": REFUSAL_SECONDS,
        "events": events,
        "state_url": f"{request.path}state/",
        "line": TextLine._base_manager.filter(program_id=check_in.program_id, is_on=True).exists(),
    }


@open_to_all
@never_cache
@require_safe
def state(request: HttpRequest, slug: str, pk: UUID, secret: str) -> HttpResponse:
    """For the page's own clock: how it stands, from the tables."""
    standing = standing_of(_theirs(slug, pk, secret))
    return _private(JsonResponse(_as_data(standing)))


def _as_data(standing: Standing) -> dict[str, object]:
    left_ms = standing.check_in.due_ms - standing.now_ms
    shown = (standing.state, standing.can_refuse, len(standing.events), standing.keys_left)
    return {"state": standing.state, "left_ms": left_ms, "mark": "/".join(map(str, shown))}


def _theirs(slug: str, pk: UUID, secret: str) -> CheckIn:
    found = check_in_with(pk, secret)
    if found is None or found.program.slug != slug:
        raise Http404
    return found


def _speak(request: HttpRequest, program: Program, language: str = "") -> None:
    """The language in the address, else the check-in's, else what the browser asks for."""
    known = dict(settings.LANGUAGES)
    wanted = request.GET.get("language") or language
    if wanted not in known:
        wanted = translation.get_language_from_request(request) or program.language
    translation.activate(wanted)


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no page that it leads to learns it, and no search engine keeps it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


app_name = "check_in"
urlpatterns = [
    path("<slug:slug>/", begin, name="begin"),
    path("<slug:slug>/<uuid:pk>/<str:secret>/", running, name="running"),
    path("<slug:slug>/<uuid:pk>/<str:secret>/state/", state, name="state"),
]
