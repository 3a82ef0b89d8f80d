"""The body of an upload, read without holding more of it than is allowed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from alongside.api.schemas import RawUpload

MOST_BYTES = 16 * 1024 * 1024
MOST_CONTACTS = 5_000
_MOMENT = TypeAdapter(AwareDatetime)


class NotTaken(Exception):
    """The whole upload is turned away: with this status, this word for the app and this sentence for the worker."""

    def __init__(self, status: int, reason: str, sentence: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.sentence = status, reason, sentence


def read_upload(request: HttpRequest) -> RawUpload:
    if request.content_type != "application/json":
        raise NotTaken(415, "type", _("The app sent something else than contacts. Update it, then try again."))
    return _understood(_body(request))


def sent_at(upload: RawUpload) -> datetime | None:
    """A phone whose clock can't be read is believed to be right."""
    try:
        return _MOMENT.validate_python(upload.sent_at)
    except ValidationError:
        return None


def _body(request: HttpRequest) -> bytes:
    """Not by `request.body`, whose limit is that of forms."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise _too_much()
    body: bytes = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise _too_much()
    return body


def _understood(body: bytes) -> RawUpload:
    try:
        value: Any = json.loads(body.decode("utf-8"))
        upload = RawUpload.model_validate(value)
    except (ValueError, RecursionError):
        raise NotTaken(
            400, "unreadable", _("What the app sent arrived damaged. It is kept on the phone and sent again.")
        ) from None
    if len(upload.contacts) > MOST_CONTACTS:
        raise _too_much()
    return upload


def _too_much() -> NotTaken:
    return NotTaken(413, "too_much", _("This is too much at once. The app sends it in smaller parts."))
