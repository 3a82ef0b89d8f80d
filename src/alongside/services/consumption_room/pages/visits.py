"""One person's time in the room: arriving, using, being looked after, emergencies, leaving, and putting lines right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs, while_locked
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.participants.actions import recognise
from alongside.services.consumption_room.actions import emergencies, visits
from alongside.services.consumption_room.actions.book import Hand
from alongside.services.consumption_room.models import Place, RecordLine, Room, Visit
from alongside.services.consumption_room.pages.board import room_or_404
from alongside.services.consumption_room.pages.forms import (
    FIELDS,
    ArriveForm,
    MoveForm,
    PaperForm,
    StepForm,
    Timed,
    UseForm,
)
from alongside.services.consumption_room.queries.board import Card, milliseconds
from alongside.services.consumption_room.queries.history import Told, history_of
from alongside.services.consumption_room.queries.reading import current_protocol, free_places, state_of
from alongside.services.consumption_room.queries.wording import KINDS, LOOKS
from alongside.services.consumption_room.rules.lines import Kind
from alongside.services.consumption_room.rules.state import LOOKS as LOOK_KEYS
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Program


@needs("room.work")
@while_locked
@never_cache
def arrive(request: MemberRequest, pk: int) -> HttpResponse:
    room = room_or_404(pk)
    form = ArriveForm(
        request.POST or None,
        program=request.member.program,
        places=_places(request, room),
        initial={"place": request.GET.get("place", "")},
    )
    if request.method == "POST" and form.is_valid() and _arrived(request, room, form):
        return redirect("room:board", pk=pk)
    context = {"form": form, "room": room, "has_protocol": current_protocol() is not None}
    return render(request, "consumption_room/arrive.html", context, status=422 if form.errors else 200)


def _places(request: MemberRequest, room: Room) -> list[Place]:
    """The free ones are offered. A form that comes back may name one that was taken meanwhile, and is told so."""
    return list(Place.objects.filter(room=room)) if request.method == "POST" else free_places(room)


def _arrived(request: MemberRequest, room: Room, form: ArriveForm) -> Visit | None:
    try:
        code = form.cleaned_data["code"]
        person = recognise(code, program=request.member.program) if code else None
    except Refusal as refusal:
        form.add_error("code", str(refusal))
        return None
    try:
        hand = form.hand(request.member)
        visit = visits.arrive(room, place=form.chosen_place, participant_id=person, hand=hand)
        if form.begins_use:
            _use(request, visit, form, at=hand)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    return visit


def _use(request: MemberRequest, visit: Visit, form: ArriveForm, *, at: Hand) -> None:
    moment = form.moment("used") if "used" in form.fields else at.at
    visits.use(
        visit,
        substances=form.cleaned_data["substances"],
        route=form.cleaned_data["route"],
        hand=Hand(member=request.member, at=moment, source=_part(at.source, "use")),
    )


def _part(source: UUID | None, name: str) -> UUID | None:
    """A form that says two things is known by two ids, so that neither is written twice."""
    return uuid5(source, name) if source else None


@needs("room.work")
@never_cache
def from_paper(request: MemberRequest, pk: int) -> HttpResponse:
    """What was written on paper while the power or the computer was gone. Emergencies are added on the visit's page."""
    room = room_or_404(pk)
    form = PaperForm(request.POST or None, program=request.member.program, places=_places(request, room))
    if request.method == "POST" and form.is_valid() and (visit := _copied(request, room, form)):
        return redirect("room:visit", pk=visit.pk)
    context = {"form": form, "room": room}
    return render(request, "consumption_room/from_paper.html", context, status=422 if form.errors else 200)


def _copied(request: MemberRequest, room: Room, form: PaperForm) -> Visit | None:
    """All at once: a look that was due hours ago must not alarm anybody before the departure is written."""
    with transaction.atomic():
        visit = _arrived(request, room, form)
        try:
            if visit and form.cleaned_data.get("left"):
                source = _part(form.cleaned_data.get("source"), "left")
                visits.leave(visit, hand=Hand(member=request.member, at=form.moment("left"), source=source))
        except Refusal as refusal:
            form.add_error("left", str(refusal))
        if form.errors:
            transaction.set_rollback(True)
    return None if form.errors else visit


@needs("room.work")
@while_locked
@never_cache
def visit(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Visit.objects.select_related("room__site", "place"), pk=pk)
    return _show(request, found)


def _show(request: MemberRequest, found: Visit, *, form: Timed | None = None, status: int = 200) -> HttpResponse:
    state = state_of(found)
    program = request.member.program
    context: dict[str, Any] = {
        "visit": found,
        "room": found.room,
        "state": state,
        "card": Card(visit=found, state=state) if state else None,
        "now_ms": milliseconds(now()),
        "history": history_of(found),
        "step_form": form if isinstance(form, StepForm) else StepForm(program=program),
        "use_form": form if isinstance(form, UseForm) else UseForm(program=program),
        "move_form": MoveForm(program=program, places=free_places(found.room)),
        "form": form,
        "looks": LOOKS.items(),
        "source": uuid7,
    }
    return render(request, "consumption_room/visit.html", context, status=status)


@needs("room.work")
@while_locked
@require_POST
def do(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Whatever is done with one tap: `do` says what."""
    found = get_object_or_404(Visit.objects.select_related("room__site", "place"), pk=pk)
    verb = VERBS.get(request.POST.get("do", ""))
    if verb is None:
        messages.error(request, _("Nothing was done: it was not clear what was meant. Choose one of the buttons here."))
        return _show(request, found, status=422)
    try:
        return verb(request, found)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("room:visit", pk=pk)


def _timed(request: MemberRequest, form: Timed) -> Hand:
    if not form.is_valid():
        raise Refusal(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return form.hand(request.member)


def _plain(request: MemberRequest) -> Hand:
    return _timed(request, Timed(request.POST, program=request.member.program))


def _look(request: MemberRequest, found: Visit) -> HttpResponse:
    state = request.POST.get("state", "")
    if state in LOOK_KEYS:
        visits.look(found, state=state, hand=_plain(request))
    return _back(request, found)


def _begin(request: MemberRequest, found: Visit) -> HttpResponse:
    emergencies.begin(found, hand=_plain(request))
    return redirect("room:visit", pk=found.pk)


def _use_again(request: MemberRequest, found: Visit) -> HttpResponse:
    form = UseForm(request.POST, program=request.member.program)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    said = form.cleaned_data
    visits.use(found, substances=said["substances"], route=said["route"], hand=form.hand(request.member))
    return _back(request, found)


def _move(request: MemberRequest, found: Visit) -> HttpResponse:
    form = MoveForm(request.POST, program=request.member.program, places=Place.objects.filter(room=found.room))
    hand = _timed(request, form)
    visits.move(found, place=form.chosen_place, hand=hand)
    return _back(request, found)


def _leave(request: MemberRequest, found: Visit) -> HttpResponse:
    visits.leave(found, hand=_plain(request))
    messages.success(request, _("%(handle)s has left.") % {"handle": found.handle})
    return redirect("room:board", pk=found.room.site_id)


def _back(request: MemberRequest, found: Visit) -> HttpResponse:
    if request.POST.get("back") == "visit":
        return redirect("room:visit", pk=found.pk)
    return redirect("room:board", pk=found.room.site_id)


VERBS: dict[str, Callable[[MemberRequest, Visit], HttpResponse]] = {
    "look": _look,
    "emergency": _begin,
    "use": _use_again,
    "move": _move,
    "leave": _leave,
}


@needs("room.work")
@while_locked
@require_POST
def step(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Visit.objects.select_related("room__site", "place"), pk=pk)
    form = StepForm(request.POST, program=request.member.program)
    emergency_id = _uuid(request.POST.get("emergency", ""))
    if not form.is_valid() or form.kind is None or emergency_id is None:
        return _show(request, found, form=form, status=422)
    try:
        emergencies.step(found, emergency_id, kind=form.kind, value=form.value, hand=form.hand(request.member))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _show(request, found, form=form, status=422)
    return redirect(f"{reverse('room:visit', args=[pk])}#emergency")


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


@needs("room.work")
@never_cache
def correct(request: MemberRequest, pk: int) -> HttpResponse:
    """A new line for one that was wrong. The wrong one stays to be read."""
    line = get_object_or_404(RecordLine.objects.select_related("by"), pk=pk)
    found = get_object_or_404(Visit.objects.select_related("room__site", "place"), pk=line.visit_id)
    form = _correction_form(request, line)
    if request.method == "POST" and form.is_valid():
        try:
            value = None if "withdraw" in request.POST else _corrected(line, form)
            emergencies.correct(found, line.number, value=value, hand=form.hand(request.member))
            return redirect("room:visit", pk=found.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "visit": found,
        "told": Told(pk=line.pk, line=line.plain(), by=str(line.by), is_standing=True),
        "fields": [form[name] for name in _fields_of(line)],
        "may_withdraw": line.kind not in {Kind.EMERGENCY, Kind.WITHDRAWN},
        "title": KINDS[line.kind],
    }
    return render(request, "consumption_room/correct.html", context, status=422 if form.errors else 200)


def _fields_of(line: RecordLine) -> tuple[str, ...]:
    return ("substances", "route") if line.kind == Kind.USING else FIELDS.get(line.kind, ())


def _correction_form(request: MemberRequest, line: RecordLine) -> Timed:
    kind = UseForm if line.kind == Kind.USING else StepForm
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        data["kind"] = line.kind
    return kind(data, program=request.member.program, initial=dict(line.value) | _when(line, request.member.program))


def _when(line: RecordLine, program: Program) -> dict[str, Any]:
    moment = line.happened_at.astimezone(ZoneInfo(program.timezone))
    return {"at": moment.time().replace(microsecond=0), "day": moment.date()}


def _corrected(line: RecordLine, form: Timed) -> dict[str, Any]:
    """What is not asked again stays as it was: the handle and the place of an arrival."""
    return dict(line.value) | {name: form.cleaned_data[name] for name in _fields_of(line)}
