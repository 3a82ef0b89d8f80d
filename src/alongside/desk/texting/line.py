"""Setting up the line: its address and secret, and how its gateway works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.staff.pages import show, show_once
from alongside.desk.texting.forms import LineForm
from alongside.kernel.errors import Refusal
from alongside.messaging.lines import SETTINGS, line_of, open_line, renew_secret, save_line
from alongside.messaging.models import TextLine
from alongside.sites.middleware import MemberRequest

TAB = "desk:texts"


@needs("staff.manage")
def settings(request: MemberRequest) -> HttpResponse:
    line = line_of(request.member.program)
    if line is None:
        return show(request, "texts/open", {}, tab=TAB)
    form = LineForm(request.POST or None, initial={name: getattr(line, name) for name in SETTINGS})
    if request.method == "POST" and form.is_valid() and _is_saved(request, line, form):
        messages.success(request, _("Saved."))
        return redirect("desk:texts")
    context = {"form": form, "address": _address(request, line), "has_header": bool(line.gateway_header)}
    return show(request, "texts/line", context, tab=TAB, status=422 if form.errors else 200)


def _is_saved(request: MemberRequest, line: TextLine, form: LineForm) -> bool:
    for name in SETTINGS:
        setattr(line, name, form.cleaned_data[name])
    try:
        save_line(line, header=form.cleaned_data["gateway_header"], by_id=request.member.user_id)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@needs("staff.manage")
@require_POST
def open_it(request: MemberRequest) -> HttpResponse:
    try:
        line, secret = open_line(program=request.member.program, by_id=request.member.user_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:text_line")
    return _secret_page(request, line, secret)


@needs("staff.manage")
@require_POST
def new_secret(request: MemberRequest) -> HttpResponse:
    line = line_of(request.member.program)
    if line is None:
        return redirect("desk:text_line")
    return _secret_page(request, line, renew_secret(line, by_id=request.member.user_id))


def _secret_page(request: MemberRequest, line: TextLine, secret: str) -> HttpResponse:
    return show_once(request, "texts/secret", {"address": _address(request, line), "secret": secret}, tab=TAB)


def _address(request: MemberRequest, line: TextLine) -> str:
    return request.build_absolute_uri(reverse("api:texts", args=[line.pk]))
