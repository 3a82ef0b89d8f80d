"""What the pages about questions, numbers for everybody and stored data have in common: the tabs between them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from alongside.desk.staff.pages import Tabs, show_among
from alongside.sites.middleware import MemberRequest

TABS: Tabs = (
    ("desk:questions", _("Questions"), "questions.manage"),
    ("desk:give_back", _("Give-back"), "giving.manage"),
    ("desk:exposure", _("What is stored"), "exposure.see"),
)


def show(
    request: MemberRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    return show_among(TABS, request, template, context, tab=tab, status=status)
