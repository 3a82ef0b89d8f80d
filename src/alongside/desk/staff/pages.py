"""What the pages about a program have in common: the tabs between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from alongside.sites.middleware import MemberRequest

Tabs = Sequence[tuple[str, Any, str]]

TABS: Tabs = (
    ("desk:shifts", _("Shifts"), "shifts.manage"),
    ("desk:sites", _("Sites"), "sites.manage"),
    ("desk:staff", _("Staff"), "staff.manage"),
    ("desk:devices", _("Shared computers"), "staff.manage"),
    ("desk:phones", _("Phones"), "sites.manage"),
    ("desk:texts", _("Text line"), "texts.manage"),
    ("desk:program_settings", _("Program"), "staff.manage"),
)


def show(
    request: MemberRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    return show_among(TABS, request, f"staff/{template}", context, tab=tab, status=status)


def show_among(
    tabs: Tabs, request: MemberRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page with its neighbours: those of `tabs` that the member may open."""
    open_tabs = [
        (reverse(name), text, name == tab) for name, text, permission in tabs if request.member.can(permission)
    ]
    return render(request, f"desk/{template}.html", {"tabs": open_tabs, **context}, status=status)


def show_once(
    request: MemberRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page with a secret on it: no browser keeps it."""
    response = show(request, template, context, tab=tab, status=status)
    add_never_cache_headers(response)
    return response
