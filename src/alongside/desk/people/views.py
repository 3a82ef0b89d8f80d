"""Looking somebody up by their code, and putting codes right.

A code is only ever posted. The answer to a post is the page itself, kept by no browser; what goes on from there carries
a ticket (see `tickets`), so that no code and no participant is in an address, a title, a log or the session.
"""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.people.forms import CodeForm, OtherCodeForm
from alongside.desk.people.pictures import qr_of
from alongside.desk.people.queries import person_behind
from alongside.desk.people.tickets import code_on, ticket_for
from alongside.encounters.erasure import erase
from alongside.kernel.errors import Refusal
from alongside.participants.actions import merge, replace_lost_card, split, undo_change
from alongside.participants.models import Change, Code
from alongside.participants.queries import current_scheme, find_code, known_code, recent_changes
from alongside.participants.rules import spaced
from alongside.sites.audit import record_audit
from alongside.sites.middleware import MemberRequest

PER_PAGE = 40


@needs("participants.see")
def people(request: MemberRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _look_up(request, form)
    return _page(request, {"form": form}, status=422 if form.errors else 200)


def _look_up(request: MemberRequest, form: CodeForm) -> HttpResponse:
    """Counted in the audit, without the code: somebody who tries recipe after recipe can be seen doing it."""
    member = request.member
    if not ratelimit.consume(request, action="look_up"):
        form.add_error("code", _("That was a lot of codes in a short time. Wait a minute."))
        return _page(request, {"form": form}, status=429)
    record_audit("participants.looked_up", program_id=member.program.pk, by_id=member.user_id)
    try:
        code = find_code(form.cleaned_data["code"], program=member.program)
    except Refusal as refusal:
        form.add_error("code", str(refusal))
        return _page(request, {"form": form}, status=422)
    if code is None:
        return _page(request, {"form": CodeForm(), "is_new": True})
    return _about(request, code)


def _about(request: MemberRequest, code: Code, *, other: OtherCodeForm | None = None) -> HttpResponse:
    context = {
        "form": CodeForm(),
        "person": person_behind(code),
        "ticket": ticket_for(code, request.member),
        "other": other or OtherCodeForm(),
    }
    return _page(request, context, status=422 if other else 200)


def _page(request: MemberRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    shown = {
        "scheme": current_scheme(request.member.program),
        "may_change": request.member.can("participants.manage"),
        **context,
    }
    return _unkept(render(request, "desk/people/people.html", shown, status=status))


def _unkept(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response


@needs("participants.manage")
@require_POST
def same_person(request: MemberRequest) -> HttpResponse:
    """Two codes, one person. The other code is typed; nobody new is made for it."""
    member = request.member
    code = code_on(request.POST.get("ticket", ""), member)
    form = OtherCodeForm(request.POST)
    if not form.is_valid():
        return _about(request, code, other=form)
    try:
        other = known_code(form.cleaned_data["other"], program=member.program)
        merge(code.participant, other.participant, program=member.program, by_id=member.user_id)
    except Refusal as refusal:
        form.add_error("other", str(refusal))
        return _about(request, code, other=form)
    messages.success(request, _("Counted as one person from now on, earlier contacts too. You can undo it here."))
    return redirect("desk:people_changes")


@needs("participants.manage")
@require_POST
def two_people(request: MemberRequest) -> HttpResponse:
    """One recipe code, two people: the second writes a letter after it from now on."""
    member = request.member
    code = code_on(request.POST.get("ticket", ""), member)
    try:
        _change, letter = split(code, program=member.program, by_id=member.user_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:people")
    return _unkept(render(request, "desk/people/split.html", {"letter": letter}))


@needs("participants.manage")
@require_POST
def lost_card(request: MemberRequest) -> HttpResponse:
    member = request.member
    code = code_on(request.POST.get("ticket", ""), member)
    try:
        _change, card = replace_lost_card(code.participant, program=member.program, by_id=member.user_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:people")
    return _unkept(render(request, "desk/people/new_card.html", {"card": spaced(card), "qr": qr_of(card)}))


@needs("participants.manage")
@require_POST
def forget(request: MemberRequest) -> HttpResponse:
    """First what it means, then, with `sure`, the thing itself. It can't be undone."""
    member = request.member
    code = code_on(request.POST.get("ticket", ""), member)
    if request.POST.get("sure") != "yes":
        context = {"person": person_behind(code), "ticket": ticket_for(code, member)}
        return _unkept(render(request, "desk/people/forget.html", context))
    erased = erase(code.participant, program=member.program, by_id=member.user_id)
    receipt = ngettext(
        "The person is forgotten. %(contacts)s contact stays, with nobody.",
        "The person is forgotten. %(contacts)s contacts stay, with nobody.",
        erased.contacts,
    ) % {"contacts": erased.contacts}
    messages.success(request, receipt)
    return redirect("desk:people")


@needs("participants.manage")
def changes(request: MemberRequest) -> HttpResponse:
    page = Paginator(recent_changes(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/people/changes.html", {"page": page})


@needs("participants.manage")
@require_POST
def undo(request: MemberRequest, pk: object) -> HttpResponse:
    change = get_object_or_404(Change.objects, pk=pk)
    try:
        undo_change(change, program=request.member.program, by_id=request.member.user_id)
        messages.success(request, _("Undone."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:people_changes")
