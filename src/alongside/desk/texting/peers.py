"""Peers who report by text: enrolling them, their phones, and ending it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.context import SiteChoice
from alongside.desk.staff.pages import show, show_once
from alongside.desk.texting.forms import EnrolForm, NumberForm, PeerForm
from alongside.encounters.texting.words import words_of
from alongside.kernel.errors import Refusal
from alongside.messaging.lines import line_of
from alongside.messaging.models import Peer, TextLine
from alongside.messaging.peers import change_number, change_peer, end, enrol
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Site

TAB = "desk:texts"


@needs("texts.manage")
def peers(request: MemberRequest) -> HttpResponse:
    found = Peer.objects.select_related("site").order_by("ended_at", "name")
    context = {
        "line": line_of(request.member.program),
        "peers": [peer for peer in found if peer.ended_at is None],
        "former": [peer for peer in found if peer.ended_at],
        "can_set_up": request.member.can("staff.manage"),
    }
    return show(request, "texts/peers", context, tab=TAB)


@needs("texts.manage")
def enrol_peer(request: MemberRequest) -> HttpResponse:
    line = line_of(request.member.program)
    if line is None:
        return redirect("desk:texts")
    form = EnrolForm(request.POST or None, **_choices(request), initial={"language": request.member.program.language})
    if request.method == "POST" and form.is_valid() and _is_enrolled(request, form, line):
        messages.success(request, _("Enrolled. Give them the card, and let them text HELP to try it."))
        return redirect("desk:texts")
    return show_once(request, "texts/enrol", {"form": form}, tab=TAB, status=422 if form.errors else 200)


def _choices(request: MemberRequest) -> dict[str, Any]:
    return {"sites": SiteChoice(request).all, "known": words_of(request.member.program)}


def _is_enrolled(request: MemberRequest, form: EnrolForm, line: TextLine) -> bool:
    said = form.cleaned_data
    try:
        enrol(
            name=said["name"],
            number=said["number"],
            language=said["language"],
            site=get_object_or_404(Site.objects, pk=int(said["site"])),
            line=line,
            by_id=request.member.user_id,
        )
    except Refusal as refusal:
        form.add_error("number", str(refusal))
        return False
    return True


@needs("texts.manage")
def peer(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Peer.objects, pk=pk)
    start = {"name": found.name, "language": found.language, "site": str(found.site_id)}
    form = PeerForm(request.POST or None, **_choices(request), initial=start)
    if request.method == "POST" and form.is_valid():
        site = get_object_or_404(Site.objects, pk=int(form.cleaned_data["site"]))
        change_peer(
            found,
            name=form.cleaned_data["name"],
            language=form.cleaned_data["language"],
            site=site,
            by_id=request.member.user_id,
        )
        messages.success(request, _("Saved."))
        return redirect("desk:texts")
    context = {"form": form, "peer": found, "number_form": NumberForm()}
    return show(request, "texts/peer", context, tab=TAB, status=422 if form.errors else 200)


@needs("texts.manage")
@require_POST
def new_number(request: MemberRequest, pk: UUID) -> HttpResponse:
    """A lost or new phone. Only the digest of the new number is kept, and the old one's goes."""
    found = get_object_or_404(Peer.objects, pk=pk)
    form, line = NumberForm(request.POST), line_of(request.member.program)
    if form.is_valid() and line:
        try:
            change_number(found, form.cleaned_data["number"], line=line, by_id=request.member.user_id)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Their reports come from the new phone now. The old one is unknown here."))
    else:
        messages.error(request, _("Write the new number."))
    return redirect("desk:text_peer", pk=pk)


@needs("texts.manage")
@require_POST
def end_peer(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Peer.objects, pk=pk)
    end(found, by_id=request.member.user_id)
    messages.success(request, _("Ended. Their number is forgotten; what they reported stays counted."))
    return redirect("desk:texts")
