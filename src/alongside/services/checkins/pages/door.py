"""The door for people who use alone: no account, no name. Works without JavaScript, in under 100 kB.

What opens a running check-in is a word (see `passes`). It is shown on the page, and it is in no address.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.doors import open_to_all
from alongside.alarms.actions import AlreadyRaised
from alongside.alarms.queries import is_demonstration
from alongside.kernel.errors import Refusal
from alongside.messaging.models import TextLine
from alongside.services.checkins.actions import NotCovered, Started, decline, extend, say_ok, start
from alongside.services.checkins.models import CheckIn
from alongside.services.checkins.pages.forms import PlanForm
from alongside.services.checkins.pages.passes import (
    check_in_kept,
    forget_on_phone,
    keep_on_phone,
    may_try_words,
    note_wrong_word,
    pass_for,
    word_kept,
    word_of,
)
from alongside.services.checkins.queries import (
    Standing,
    check_in_with,
    is_over,
    programs_that_offer,
    standing_of,
    why_not_covered,
)
from alongside.services.checkins.rules.keeping import REFUSAL_SECONDS
from alongside.services.checkins.rules.secrets import as_word, spaced, word_from
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


@open_to_all
@require_safe
def offered(request: HttpRequest) -> HttpResponse:
    """For whoever comes without their program's address."""
    programs = list(programs_that_offer())
    if len(programs) == 1:
        return redirect("check_in:begin", programs[0].slug)
    return render(request, "checkins/offered.html", {"programs": programs})


@csrf_exempt
@open_to_all
@never_cache
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    program = get_object_or_404(Program, slug=slug)
    _speak(request, program)
    with timezone.override(program.timezone):
        kept = check_in_kept(request, program)
        if kept is not None and not is_over(kept):
            return _still_running(request, program)
        form = PlanForm(request.POST if request.method == "POST" else None, program=program)
        if request.method == "POST" and form.is_valid():
            return _begun(request, program, form)
        why = "" if not form.is_bound else "form"
        return _start_page(request, program, form, why=why, status=422 if form.is_bound else 200)


def _still_running(request: HttpRequest, program: Program) -> HttpResponse:
    """One at a time on one phone: another would leave the first to run out. Also the same button, pressed twice."""
    word = word_kept(request, program)
    if request.method != "POST" or word_from(request.POST.get("mark", "")) == word:
        return _private(redirect("check_in:running", program.slug))
    problem = _("One is running on this phone already. End it first, or let this phone forget it.")
    return _running_page(request, program, word, problem=str(problem), status=409)


def _begun(request: HttpRequest, program: Program, form: PlanForm) -> HttpResponse:
    try:
        started = _started(program, form)
    except NotCovered as refusal:
        return _start_page(request, program, form, why=refusal.why, status=503)
    except Refusal as refusal:
        form.add_error("place", str(refusal))
        return _start_page(request, program, form, why="form", status=422)
    return keep_on_phone(_running_page(request, program, started.word), started.word, program)


def _started(program: Program, form: PlanForm) -> Started:
    said = form.cleaned_data
    return start(
        form.plan(),
        protocol=form.protocols[said["protocol"]],
        program=program,
        language=translation.get_language() or "en",
        word=word_from(said["mark"]),
    )


def _start_page(request: HttpRequest, program: Program, form: PlanForm, *, why: str, status: int) -> HttpResponse:
    """Says before anybody writes anything whether there is cover now."""
    now = "" if form.protocols else "protocol"
    now = now or why_not_covered(program, until_ms=0)
    word = why if why not in {"", "form"} else now
    context = {"program": program, "form": form, "why": WHY.get(word, ""), "has_tried": why, "is_covered": not word}
    context["is_demonstration"] = is_demonstration(program.pk)
    return _private(render(request, "checkins/start.html", context, status=status))


@csrf_exempt
@open_to_all
@never_cache
def running(request: HttpRequest, slug: str) -> HttpResponse:
    """Shown to the phone that keeps it; acted on by the pass in the page's own forms."""
    program = get_object_or_404(Program, slug=slug)
    posted = request.method == "POST"
    word = word_of(request.POST.get("pass", "")) if posted else word_kept(request, program)
    check_in = check_in_with(word, program_id=program.pk)
    _speak(request, program, check_in.language if check_in else "")
    with timezone.override(program.timezone):
        if check_in is None:
            return _word_page(request, program, problem="unknown", status=404)
        if posted:
            return _acted(request, program, check_in, word)
        return _running_page(request, program, word)


def _acted(request: HttpRequest, program: Program, check_in: CheckIn, word: str) -> HttpResponse:
    """Then on to the page's own address, if the phone kept what opens it there."""
    wanted = request.POST.get("do", "")
    if wanted == "forget":
        return forget_on_phone(_private(redirect("check_in:word", program.slug)), program)
    problem = _done(check_in, wanted)
    if not problem and word_kept(request, program) == word:
        return _private(redirect("check_in:running", program.slug))
    return _running_page(request, program, word, problem=problem)


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


def _running_page(
    request: HttpRequest, program: Program, word: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """From the tables, so that it says nothing that is not on the disk."""
    check_in = check_in_with(word, program_id=program.pk)
    if check_in is None:
        return _word_page(request, program, problem="unknown", status=404)
    context = _shown(request, check_in, word) | {"program": program, "problem": problem}
    return _private(render(request, "checkins/running.html", context, status=status))


def _shown(request: HttpRequest, check_in: CheckIn, word: str) -> dict[str, Any]:
    standing = standing_of(check_in)
    slug = check_in.program.slug
    return {
        "standing": standing,
        "is_demonstration": is_demonstration(check_in.program_id),
        "mark": _mark_of(standing),
        "check_in": check_in,
        "is_on": standing.state in {"running", "due", "raised"},
        "due": moment(check_in.due_ms),
        "alarm": moment(standing.alarm_ms) if standing.alarm_ms else None,
        "seconds_left": max(0, (check_in.due_ms - standing.now_ms) // 1000),
        "refusal_seconds": REFUSAL_SECONDS,
        "events": [(moment(each.at_ms), each) for each in standing.events],
        "here": reverse("check_in:running", args=[slug]),
        "pass": pass_for(word),
        "word": spaced(word),
        "elsewhere": request.build_absolute_uri(reverse("check_in:word", args=[slug])),
        "line": TextLine._base_manager.filter(program_id=check_in.program_id, is_on=True).exists(),
    }


@csrf_exempt
@open_to_all
@never_cache
@require_POST
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """For the page's own clock: how it stands, from the tables."""
    program = get_object_or_404(Program, slug=slug)
    check_in = check_in_with(word_of(request.POST.get("pass", "")), program_id=program.pk)
    if check_in is None:
        return _private(JsonResponse({}, status=404))
    return _private(JsonResponse(_as_data(standing_of(check_in))))


def _as_data(standing: Standing) -> dict[str, object]:
    return {"left_ms": standing.check_in.due_ms - standing.now_ms, "mark": _mark_of(standing)}


def _mark_of(standing: Standing) -> str:
    """Differs when the page would look different: then it loads itself again."""
    owner = standing.incident.owner_id if standing.incident else None
    shown = (standing.state, standing.can_refuse, len(standing.events), standing.keys_left, bool(owner))
    return "/".join(map(str, shown))


@csrf_exempt
@open_to_all
@never_cache
def by_word(request: HttpRequest, slug: str) -> HttpResponse:
    """From another phone, by the word that was written down. Also for a friend."""
    program = get_object_or_404(Program, slug=slug)
    _speak(request, program)
    with timezone.override(program.timezone):
        if request.method != "POST":
            return _word_page(request, program)
        if not may_try_words(program):
            return _word_page(request, program, problem="wait", status=429)
        word = as_word(request.POST.get("word", "")) or ""
        if check_in_with(word, program_id=program.pk) is None:
            note_wrong_word(program)
            return _word_page(request, program, problem="wrong", status=422)
        return keep_on_phone(_running_page(request, program, word), word, program)


def _word_page(request: HttpRequest, program: Program, *, problem: str = "", status: int = 200) -> HttpResponse:
    return _private(render(request, "checkins/word.html", {"program": program, "problem": problem}, status=status))


def _speak(request: HttpRequest, program: Program, language: str = "") -> None:
    """The language in the address, else the check-in's, else what the browser asks for."""
    known = dict(settings.LANGUAGES)
    wanted = request.GET.get("language") or language
    if wanted not in known:
        wanted = translation.get_language_from_request(request) or program.language
    translation.activate(wanted)


def _private(response: HttpResponse) -> HttpResponse:
    """No page that these lead to learns that somebody was here, and no search engine keeps them."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


app_name = "check_in"
urlpatterns = [
    path("", offered, name="offered"),
    path("<slug:slug>/", begin, name="begin"),
    path("<slug:slug>/now/", running, name="running"),
    path("<slug:slug>/now/state/", state, name="state"),
    path("<slug:slug>/word/", by_word, name="word"),
]
