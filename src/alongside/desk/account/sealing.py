"""What somebody had entered when their computer locked, sealed until they are back.

It travels in the page, not in the session or the database: a form may hold a participant's code. On the screen of a
locked computer it is unreadable, and only the same person gets it back.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

KEPT_SECONDS = 24 * 3600
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - a field's name


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A form as it was posted: where to, and each field's values. Files can't be kept."""

    path: str
    fields: list[tuple[str, str]]
    has_lost_files: bool


def keep(request: HttpRequest, *, user_id: int) -> str:
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != _TOKEN]
    content = [user_id, request.get_full_path(), fields, bool(request.FILES)]
    return _cipher().encrypt(json.dumps(content).encode()).decode()


def kept(sealed: str, *, user_id: int) -> Kept | None:
    """What `keep` was given, or None if it was somebody else's, is too old, or was tampered with."""
    try:
        content = json.loads(_cipher().decrypt(sealed.encode(), ttl=KEPT_SECONDS))
    except (InvalidToken, ValueError):
        return None
    owner, path, fields, has_lost_files = content
    if owner != user_id:
        return None
    return Kept(path=path, fields=[(name, value) for name, value in fields], has_lost_files=has_lost_files)


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("alongside.locked-form", "", algorithm="sha256").digest()))
