"""The idle lock: a signed-in computer that nobody has used for a while asks for a PIN or a password.

A page that is reached although the computer is locked is marked with `accounts.doors.while_locked`. A form that is
posted after the lock is kept (see `sites.interrupted`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alongside.accounts.doors import OPEN
from alongside.desk.account import switching
from alongside.kernel.clock import now
from alongside.sites import interrupted
from alongside.sites.members import Member
from alongside.sites.middleware import MemberRequest, is_for_machines, said_to_machine
from alongside.sites.models import Program

SEEN = "seen"
_NOTE_EVERY_SECONDS = 30


def is_locked(session: SessionBase, program: Program) -> bool:
    idle_seconds = now().timestamp() - session.get(SEEN, now().timestamp())
    return bool(program.idle_minutes) and idle_seconds > program.idle_minutes * 60


def note_seen(session: SessionBase) -> None:
    """Not with every request: a session is written at most twice a minute."""
    moment = int(now().timestamp())
    if moment - session.get(SEEN, 0) > _NOTE_EVERY_SECONDS:
        session[SEEN] = moment


def unlock(session: SessionBase) -> None:
    session[SEEN] = int(now().timestamp())


class IdleLockMiddleware:
    """After MemberMiddleware: whoever may not enter at all is turned away before anything is kept for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        member: Member | None = getattr(request, "member", None)
        if member is None or getattr(view, "permission", OPEN) == OPEN or hasattr(view, "while_locked"):
            return None
        if is_locked(request.session, member.program):
            return _stop(cast("MemberRequest", request))
        if not _is_part_of_a_page(request) or request.method == "POST":
            note_seen(request.session)
        return None


def _is_part_of_a_page(request: HttpRequest) -> bool:
    """Asked for by a page that is open. A board that looks for news by itself does not mean that anybody is there."""
    return "HX-Request" in request.headers


def _stop(request: MemberRequest) -> HttpResponse:
    if is_for_machines(request):
        sentence = _("This computer is locked. Enter your PIN or your password.")
        return said_to_machine(sentence, reason="locked", status=423)
    if _is_part_of_a_page(request):
        headers = {"HX-Redirect": reverse("desk:switch")} if request.method == "POST" else {}
        return HttpResponse(status=204, headers=headers)
    if request.method == "POST":
        return switching.page(request, kept=interrupted.keep(request, user_id=request.member.user_id), status=423)
    return redirect(f"{reverse('desk:switch')}?{urlencode({'next': request.get_full_path()})}")
