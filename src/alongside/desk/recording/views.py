"""Recording a contact, today's list, and putting things right."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.context import DOORS, SiteChoice, url_or_none
from alongside.desk.recording.forms import (
    add_items,
    bag_buttons,
    blank_form,
    form_context,
    form_of,
    items_given,
    raise_to,
)
from alongside.desk.recording.queries import (
    Line,
    attempts_open,
    contacts_of,
    last_contact_of,
    line_of,
    shown,
    tally_of,
)
from alongside.encounters.changes import bring_back, undo
from alongside.encounters.correcting import completed, kept_beside_form
from alongside.encounters.doors import read_form, sender_of, store
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.outbox.reopening import answers_of, reopened
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Receipt, Word
from alongside.encounters.texting.waiting import texts_behind
from alongside.encounters.timing import note_seconds
from alongside.kernel.clock import now, today
from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Program
from alongside.supplies.queries import catalogue

PER_PAGE = 20


@needs("contacts.record")
def record(request: MemberRequest) -> HttpResponse:
    if request.method == "POST":
        return _take(request, request.POST.copy())
    site = SiteChoice(request).current
    return _show(request, blank_form(site_id=site.pk if site else None), {})


def _take(request: MemberRequest, form: QueryDict) -> HttpResponse:
    """Save, or fill the form and show it again: a bag, the last contact, or what needs another look."""
    if form.get("bag"):
        bags = {bag.key: bag.items for bag in bag_buttons(catalogue(request.member.program).by_key)}
        add_items(form, bags.get(form.get("bag", ""), {}))
        return _show(request, form, {})
    if form.get("repeat"):
        add_items(form, _last_items(request, form))
        return _show(request, form, {})
    if form.get("suggest"):
        return _show(request, form, _suggest(form, request.member.program))
    read = read_form(request.member, form)
    if read.submission is None:
        return _show(request, form, read.errors, status=422)
    receipt = store(request.member, completed(read.submission, program=request.member.program))
    if receipt.word is Word.CONFLICT or (receipt.word is Word.REFUSED and not receipt.entries):
        return _show(request, form, {"contact": receipt.reason}, status=422)
    if receipt.word is Word.ACCEPTED:
        note_seconds([form.get("seconds", "")], program=request.member.program)
    return redirect(_after(receipt, is_correction=bool(read.submission.corrects)))


def _suggest(form: QueryDict, program: Program) -> dict[str, str]:
    """Fill in a generous number of the item that was tapped; answers with a sentence if the form can't say one yet."""
    key = form.get("suggest", "")
    if key not in catalogue(program).by_key:
        return {}
    for service in registry:
        if service.suggest:
            try:
                raise_to(form, key, service.suggest(form))
            except Refusal as refusal:
                return {service.suggest_field: str(refusal)}
    return {}


def _after(receipt: Receipt, *, is_correction: bool) -> str:
    page = reverse("desk:today" if is_correction else "desk:record")
    return f"{page}?{urlencode({'saved': receipt.id})}"


def _last_items(request: MemberRequest, form: QueryDict) -> dict[str, int]:
    """What this worker gave to the last person today at this site: the items and nothing else that was said."""
    site, member = form.get("site", ""), request.member
    last = last_contact_of(
        member.user_id,
        day=today(member.program.timezone),
        site_id=int(site) if site.isdecimal() and len(site) < 19 else 0,
    )
    return items_given(last.entries.all(), catalogue(member.program)) if last else {}


def _show(request: MemberRequest, form: QueryDict, errors: dict[str, str], *, status: int = 200) -> HttpResponse:
    member = request.member
    context = form_context(member, form, errors)
    if status == 200 and not form.get("corrects"):
        context["last_items"] = _last_items(request, form)
    context["saved"] = _saved(request)
    context["kept"] = _kept(request, form)
    return render(request, "desk/recording/record.html", context, status=status)


def _kept(request: MemberRequest, form: QueryDict) -> list[Line]:
    """What a correction takes over although the form can't show it as answers."""
    if not (corrected := _uuid(form.get("corrects", ""))):
        return []
    entries = Entry.objects.filter(encounter_id=corrected).order_by("pk")
    return [line_of(entry, catalogue(request.member.program)) for entry in kept_beside_form(entries)]


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _saved(request: MemberRequest) -> object:
    """The contact that was just recorded, to show it with a way back."""
    if not (saved_id := _uuid(request.GET.get("saved", ""))):
        return None
    found = shown(
        Encounter.objects.filter(pk=saved_id, recorded_by_id=request.member.user_id), catalogue(request.member.program)
    )
    return found[0] if found else None


@needs("contacts.see")
def today_list(request: MemberRequest) -> HttpResponse:
    program = request.member.program
    this_day = today(program.timezone)
    day = _day(request.GET.get("day", ""), this_day)
    tally = tally_of(day)
    pages = Paginator(contacts_of(day), PER_PAGE)
    pages.count = tally.listed
    page = pages.get_page(request.GET.get("page"))
    context = {
        "day": day,
        "this_day": this_day,
        "page": page,
        "contacts": shown(page.object_list, catalogue(program)),
        "tally": tally,
        "attempts": attempts_open().count(),
        "can_review": request.member.can("contacts.review"),
        "saved": _saved(request),
    }
    return render(request, "desk/recording/today.html", context)


def _day(typed: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return otherwise


@needs("contacts.see")
def contact(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One contact with its revisions, newest first."""
    encounter = get_object_or_404(Encounter.objects.select_related("site", "recorded_by"), pk=pk)
    items = catalogue(request.member.program)
    context = {
        "encounter": encounter,
        "lines": [line_of(entry, items) for entry in encounter.entries.order_by("pk")],
        "earlier": _earlier(encounter),
        "later": encounter.corrections.select_related("recorded_by").order_by("-received_at").first(),
        "is_live": encounter.state == Encounter.State.LIVE,
        "is_undone": encounter.state == Encounter.State.UNDONE,
    }
    return render(request, "desk/recording/contact.html", context)


def _earlier(encounter: Encounter) -> list[Encounter]:
    earlier: list[Encounter] = []
    while encounter.corrects_id and len(earlier) < PER_PAGE:
        encounter = Encounter.objects.select_related("recorded_by").get(pk=encounter.corrects_id)
        earlier.append(encounter)
    return earlier


@needs("contacts.correct")
def correct(request: MemberRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(Encounter.objects.select_related("participant"), pk=pk)
    if encounter.state != Encounter.State.LIVE:
        return redirect("desk:contact", pk=pk)
    form = form_of(encounter, encounter.entries.all())
    local = encounter.occurred_at.astimezone(ZoneInfo(request.member.program.timezone))
    form["corrects"], form["day"], form["time"] = str(pk), local.date().isoformat(), f"{local:%H:%M}"
    form["participant"] = str(encounter.participant_id or "")
    return _show(request, form, {})


@needs("contacts.correct")
@require_POST
def undo_contact(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Encounter.objects, pk=pk)
    undo([pk], sender=sender_of(request.member))
    return redirect(f"{reverse('desk:today')}?{urlencode({'saved': pk})}")


@needs("contacts.correct")
@require_POST
def bring_contact_back(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Encounter.objects, pk=pk)
    bring_back([pk], sender=sender_of(request.member))
    return redirect("desk:contact", pk=pk)


@needs("contacts.review")
def attempts(request: MemberRequest) -> HttpResponse:
    page = Paginator(attempts_open(), PER_PAGE).get_page(request.GET.get("page"))
    texts = texts_behind(page.object_list)
    listed = [(attempt, texts.get(attempt.pk), answers_of(attempt)) for attempt in page.object_list]
    return render(request, "desk/recording/attempts.html", {"page": page, "listed": listed})


@needs("contacts.review")
@require_POST
def put_right(request: MemberRequest, pk: int) -> HttpResponse:
    """A phone's contact in the form, with what has to be put right. Saved under its own number, it waits no longer."""
    attempt = get_object_or_404(Attempt.objects, pk=pk)
    form = reopened(attempt, program=request.member.program) if attempt.door == "field" else None
    if form is None:
        messages.error(request, _("This can’t be opened here. Ask whoever recorded it, and enter it by hand."))
        return redirect("desk:attempts")
    response = _show(request, form, read_form(request.member, form).errors)
    add_never_cache_headers(response)
    return response


@needs("contacts.review")
@require_POST
def settle_attempt(request: MemberRequest, pk: int) -> HttpResponse:
    attempt = get_object_or_404(Attempt.objects, pk=pk)
    if Attempt.objects.filter(pk=attempt.pk, settled_at=None).update(settled_at=now()):
        member = request.member
        record_audit("attempts.settled", program_id=member.program.pk, by_id=member.user_id, target=str(pk))
    return redirect("desk:attempts")


@needs("own.account")
def home(request: HttpRequest) -> HttpResponse:
    """The first page that this member may open."""
    member = getattr(request, "member", None)
    for door in DOORS:
        if member and member.can(door.permission) and (url := url_or_none(door.url_name)):
            return redirect(url)
    return render(request, "desk/recording/nothing_here.html")
