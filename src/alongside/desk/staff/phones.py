"""Phones that workers have set up to record without a signal."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.staff.pages import show
from alongside.encounters.outbox.models import Phone
from alongside.encounters.outbox.phones import phones_heard_of, revoke_phone
from alongside.sites.middleware import MemberRequest


@needs("sites.manage")
def phones(request: MemberRequest) -> HttpResponse:
    return show(request, "phones", {"phones": phones_heard_of()}, tab="desk:phones")


@needs("sites.manage")
@require_POST
def revoke(request: MemberRequest, pk: UUID) -> HttpResponse:
    phone = get_object_or_404(Phone.objects, pk=pk)
    revoke_phone(phone, program=request.member.program, by_id=request.member.user_id)
    messages.success(request, _("What this phone records from now on waits for a person."))
    return redirect("desk:phones")
