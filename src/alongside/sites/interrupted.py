"""A form that was posted when its computer had locked, or its session had ended: sealed until the same person is back.

After the lock it travels in the page. After the end of a session it waits in the new session, because signing in takes
several pages: sealed there too, for an hour, and only for whoever was signed in at this browser before. It is never in
an address. A form may hold a participant's code.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

KEPT_SECONDS = 24 * 3600
KEPT_IN_SESSION_SECONDS = 3600
_ASIDE = "interrupted"
_LARGEST = 1_000_000
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


def kept(sealed: str, *, user_id: int, seconds: int = KEPT_SECONDS) -> Kept | None:
    """What `keep` was given, or None if it was somebody else's, is too old, or was tampered with."""
    try:
        content = json.loads(_cipher().decrypt(sealed.encode(), ttl=seconds))
    except (InvalidToken, ValueError):
        return None
    owner, path, fields, has_lost_files = content
    if owner != user_id:
        return None
    return Kept(path=path, fields=[(name, value) for name, value in fields], has_lost_files=has_lost_files)


def put_aside(request: HttpRequest, *, user_id: int) -> None:
    """Keep the form in a session that nobody has signed in to yet. It replaces what was put aside before."""
    sealed = keep(request, user_id=user_id)
    if len(sealed) <= _LARGEST:
        request.session[_ASIDE] = [request.path, sealed]
        if not request.user.is_authenticated:
            request.session.set_expiry(KEPT_IN_SESSION_SECONDS)


def put_aside_for(session: SessionBase, *, user_id: int) -> Kept | None:
    """What this person had posted when their session ended, if it is not too old."""
    _path, sealed = session.get(_ASIDE, ("", ""))
    if session.get("_session_expiry") == KEPT_IN_SESSION_SECONDS:
        session.set_expiry(None)  # somebody is signed in now
    return kept(sealed, user_id=user_id, seconds=KEPT_IN_SESSION_SECONDS)


def forget_if_sent(request: HttpRequest) -> None:
    """It is no longer needed when the same address is posted to again."""
    if request.method == "POST" and request.session.get(_ASIDE, ("",))[0] == request.path:
        del request.session[_ASIDE]


def is_sent_by_hand(request: HttpRequest) -> bool:
    """A form that somebody sent, not something that a script of a page did by itself."""
    return request.method == "POST" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("alongside.locked-form", "", algorithm="sha256").digest()))
