"""What waited on phones comes in here."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Status

from alongside.api.bodies import NotTaken, read_upload, sent_at
from alongside.api.schemas import Answers, State, Trouble
from alongside.encounters.outbox.sealing import public_key
from alongside.encounters.outbox.taking import Answer, take
from alongside.encounters.outbox.versions import APP, form_version
from alongside.kernel.clock import now
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Program

SYNC = "sync"
TROUBLES = dict.fromkeys((400, 401, 403, 413, 415, 503), Trouble)
_BODY = {"schema": {"$ref": "#/components/schemas/Upload"}}
UPLOAD = {"requestBody": {"required": True, "content": {"application/json": _BODY}}}

router = Router(tags=["phones"])


@router.get("/", response={200: State} | TROUBLES, url_name=SYNC, operation_id="ask_whether_the_server_is_there")
def look(request: HttpRequest) -> dict[str, Any]:
    """Whether the server is there and somebody is signed in, and what a phone should have. Sets the CSRF cookie."""
    get_token(request)
    return _state(cast("MemberRequest", request).member.program)


@router.post("/", response={200: Answers} | TROUBLES, url_name=SYNC, operation_id="send_contacts", openapi_extra=UPLOAD)
def send(request: HttpRequest) -> dict[str, Any] | Status[dict[str, str]]:
    """Take contacts that waited on a phone. Each is answered with one word; sending them again is harmless."""
    member = cast("MemberRequest", request).member
    try:
        upload = read_upload(request)
    except NotTaken as refused:
        return Status(refused.status, {"sentence": refused.sentence, "reason": refused.reason})
    answers = take(upload.contacts, sent_at=sent_at(upload), member=member)
    return _state(member.program) | {
        "answers": [_as_data(each) for each in answers if each.word],
        "waiting": [{"id": each.id, "sentence": each.sentence} for each in answers if not each.word],
    }


def _state(program: Program) -> dict[str, Any]:
    key = public_key(program)
    return {"at": now(), "form": form_version(program), "app": APP, "kid": key.kid, "public_key": key.raw}


def _as_data(answer: Answer) -> dict[str, str]:
    return {"id": answer.id, "word": str(answer.word), "sentence": answer.sentence}
