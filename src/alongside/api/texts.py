"""The door that gateways call when a text came in. See docs/howto/set-up-the-text-line.md."""

from __future__ import annotations

import logging
import secrets
from uuid import UUID
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from alongside.accounts.doors import open_to_all
from alongside.encounters.texting.intake import Answer, TooMany, take_text
from alongside.messaging.alerting.receipts import note_delivery
from alongside.messaging.lines import places_of
from alongside.messaging.models import TextLine
from alongside.messaging.sealing import Unreadable
from alongside.messaging.webhooks import MOST_BYTES, Message, NotAText, delivery_in, is_authentic, message_in

log = logging.getLogger("alongside.texts")

_NOBODY_KNOWS = secrets.token_urlsafe(32)


@open_to_all
@csrf_exempt
@require_POST
def receive(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """One text from the line's gateway, or what became of one that it was given.

    Who does not know the line's secret learns nothing, not even if it exists.
    """
    if _length(request) > MOST_BYTES:
        return _refused(_("This is too long for a text."), status=413)
    line = TextLine._base_manager.filter(pk=line_id).select_related("program").first()
    if not is_authentic(request.headers, request.body, secret=_secret(line)) or line is None:
        return _refused(_("The secret is missing or wrong."), status=401)
    if not line.is_on:
        return _refused(_("This line is switched off."), status=403)
    delivery = delivery_in(request.body, content_type=request.content_type or "")
    try:
        message = message_in(request.body, content_type=request.content_type or "", places=places_of(line))
    except NotAText:
        if delivery is None:
            log.warning("A gateway's message had no number or no text where the line looks for them")
            return _refused(_("No number or no text was found. Check the line's settings."), status=422)
        message = None
    if message:
        return _taken(message, line)
    if delivery:
        note_delivery(delivery, program_id=line.program_id)
    return JsonResponse({})


def _length(request: HttpRequest) -> int:
    """What the caller says. A body of unknown length is taken for too long; no gateway sends one."""
    said = request.headers.get("Content-Length", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 12 else MOST_BYTES + 1


def _secret(line: TextLine | None) -> str:
    """Never empty, so that comparing takes its time for a line that does not exist, too."""
    try:
        return (line.opened("secret") if line else "") or _NOBODY_KNOWS
    except Unreadable:
        return _NOBODY_KNOWS


def _taken(message: Message, line: TextLine) -> HttpResponse:
    try:
        answer = take_text(message, line=line, program=line.program)
    except TooMany:
        return _refused(_("This number sends too many texts."), status=429)
    return said_to_gateway(answer, line.answer)


def said_to_gateway(answer: Answer, way: str) -> HttpResponse:
    """The answer in the form that this gateway passes on; an empty one where answers go another way."""
    match way:
        case TextLine.Answer.XML:
            inside = f"<Message>{escape(answer.text)}</Message>" if answer.text else ""
            content = f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'
            return HttpResponse(content, content_type="text/xml; charset=utf-8")
        case TextLine.Answer.PLAIN:
            return HttpResponse(answer.text, content_type="text/plain; charset=utf-8")
        case TextLine.Answer.JSON:
            return JsonResponse({"reply": answer.text})
    return JsonResponse({})


def _refused(sentence: str, *, status: int) -> HttpResponse:
    return JsonResponse({"sentence": sentence}, status=status)
