"""The question ledger: what every form asks, who needs it, what it costs, and taking a question out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.doors import needs
from alongside.desk.asking.ledger import ledger
from alongside.desk.privacy import show
from alongside.encounters.questions import put_back_question, remove_question
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest


@needs("questions.manage")
@require_safe
def questions(request: MemberRequest) -> HttpResponse:
    rows = ledger(request.member.program)
    context = {
        "proposed": [row for row in rows if row.proposal],
        "asked": [row for row in rows if not row.proposal and not row.is_removed],
        "removed": [row for row in rows if row.is_removed],
    }
    return show(request, "asking/questions", context, tab="desk:questions")


@needs("questions.manage")
@require_POST
def change(request: MemberRequest) -> HttpResponse:
    """One click: `remove` or `put_back` holds the question's name."""
    member = request.member
    try:
        if "put_back" in request.POST:
            put_back_question(request.POST["put_back"], program=member.program, by_id=member.user_id)
            messages.success(request, _("The question is on the forms again."))
        else:
            remove_question(request.POST.get("remove", ""), program=member.program, by_id=member.user_id)
            messages.success(request, _("The question is off every form. You can put it back here at any time."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:questions")
