"""The program's public page, seen from the office: open or closed, its privacy budget, and the poster."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.doors import needs
from alongside.desk.giving.forms import AddressForm
from alongside.desk.privacy import show
from alongside.kernel.errors import Refusal
from alongside.reports.giving.opening import change_address, close_page, give_back_of, open_page
from alongside.reports.giving.poster import poster
from alongside.reports.giving.showing import page_of
from alongside.reports.models import GiveBack
from alongside.science.privacy.noise import can_draw
from alongside.sites.middleware import MemberRequest

ONLY_HERE = ("localhost", "127.0.0.1", "[::1]")


@needs("giving.manage")
@require_safe
def give_back(request: MemberRequest) -> HttpResponse:
    page = give_back_of(request.member.program)
    return _show(request, page, AddressForm(initial={"address": page.address}))


@needs("giving.manage")
@require_POST
def change(request: MemberRequest) -> HttpResponse:
    """Open, close, or say where the page is reached."""
    member = request.member
    if "open" in request.POST:
        open_page(member.program, by_id=member.user_id)
        messages.success(request, _("The page is open to everybody."))
    elif "close" in request.POST:
        close_page(member.program, by_id=member.user_id)
        messages.success(request, _("The page is closed. Browsers may keep it for ten minutes."))
    else:
        form = AddressForm(request.POST)
        if not form.is_valid():
            return _show(request, give_back_of(member.program), form, status=422)
        change_address(member.program, form.cleaned_data["address"], by_id=member.user_id)
        messages.success(request, _("Saved."))
    return redirect("desk:give_back")


@needs("giving.manage")
@require_safe
def poster_file(request: MemberRequest, language: str) -> HttpResponse:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    program = request.member.program
    page = give_back_of(program)
    with translation.override(language):
        try:
            content = poster(page_of(program, page), address=_address(request, page))
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("desk:give_back")
    name = f"{program.slug}-{language}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _show(request: MemberRequest, page: GiveBack, form: AddressForm, *, status: int = 200) -> HttpResponse:
    address = _address(request, page)
    context: dict[str, Any] = {
        "page": page,
        "form": form,
        "shown": page_of(request.member.program, page),
        "address": address,
        "path": _path(request),
        "is_only_here": any(f"//{host}" in address for host in ONLY_HERE),
        "can_draw": can_draw(),
        "languages": settings.LANGUAGES,
    }
    return show(request, "giving/give_back", context, tab="desk:give_back", status=status)


def _path(request: MemberRequest) -> str:
    return reverse("public:give_back", args=[request.member.program.slug])


def _address(request: MemberRequest, page: GiveBack) -> str:
    return f"{page.address}{_path(request)}" if page.address else request.build_absolute_uri(_path(request))
