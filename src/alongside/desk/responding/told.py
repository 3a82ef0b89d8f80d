"""Where the link in a message leads: who has it was sent that message, so their answer counts without signing in.

It shows what the message said and who is on it. What a person wrote for an emergency is only behind the sign-in.
"""

from __future__ import annotations

import hmac
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from alongside.accounts.doors import open_to_all
from alongside.alarms.duties import note_answer
from alongside.alarms.incidents import take_incident
from alongside.alarms.models import Incident
from alongside.kernel.errors import Refusal
from alongside.messaging.alerting.addresses import link_token
from alongside.messaging.alerting.models import Dispatch
from alongside.messaging.alerting.receipts import note_delivered


@open_to_all
@never_cache
def told(request: HttpRequest, pk: UUID, token: str) -> HttpResponse:
    _refuse_other_links(pk, token)
    message = Dispatch._base_manager.select_related("target__user").filter(pk=pk).first()
    if message is None:
        raise Http404
    if request.method == "POST":
        _answer(message)
        return redirect(request.path)
    return render(request, "desk/responding/told.html", _shown(message))


@csrf_exempt
@open_to_all
@require_POST
def arrived(request: HttpRequest, pk: UUID, token: str) -> HttpResponse:
    """The browser that was sent it shows it now. Nobody has seen it yet."""
    _refuse_other_links(pk, token)
    note_delivered(pk)
    return HttpResponse(status=204)


def _refuse_other_links(pk: UUID, token: str) -> None:
    if not hmac.compare_digest(token.encode(), link_token(bytes(settings.MESSAGE_KEY()), pk).encode()):
        raise Http404


def _answer(message: Dispatch) -> None:
    note_answer(message.pk)
    user_id = message.target.user_id if message.target else None
    if message.incident and user_id is not None:
        try:
            take_incident(message.incident, program_id=message.program_id, by_id=user_id)
        except Refusal:
            return  # it has ended; the page says so


def _shown(message: Dispatch) -> dict[str, object]:
    found = Incident._base_manager.select_related("owner")
    incident = found.filter(pk=message.incident).first() if message.incident else None
    whose = message.target.user if message.target else None
    return {
        "message": message,
        "incident": incident,
        "is_mine": bool(incident and whose and incident.owner_id == whose.pk),
        "can_take": bool(incident and whose and not incident.closed_ms),
        "button": _("I take it") if incident and whose else _("I have read this"),
    }
