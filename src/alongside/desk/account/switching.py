"""Taking turns at a shared computer: who may, and what changes when they do."""

from __future__ import annotations

from dataclasses import dataclass
from time import time

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import login
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from alongside.accounts.actions import Answer, try_pin
from alongside.accounts.models import User
from alongside.accounts.sign_in import BY_PIN, OPENED_AT
from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.devices import device_of
from alongside.sites.members import DEVICE, PROGRAM
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Device
from alongside.sites.people import colleagues

OPEN_HOURS = 16
"""How long after a sign-in with a password PINs are enough at that computer: a long day's shifts."""
_BACKEND = settings.AUTHENTICATION_BACKENDS[0]
_CARRIED = (OPENED_AT, "site")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the switch page offers on this computer now."""

    device: Device | None
    is_open: bool
    """Somebody gave a password here today."""

    @property
    def can_switch(self) -> bool:
        return self.device is not None and self.is_open


def turn_at(request: MemberRequest) -> Turn:
    opened_at = request.session.get(OPENED_AT, 0)
    return Turn(device=device_of(request, request.member.program), is_open=time() - opened_at < OPEN_HOURS * 3600)


def offered(request: MemberRequest, turn: Turn) -> list[User]:
    """Who can be tapped: whoever is signed in, and on a shared computer every colleague with a PIN."""
    others = colleagues().exclude(pin="") if turn.can_switch else colleagues().filter(pk=request.member.user_id)
    return list(others)


def page(
    request: MemberRequest, *, kept: str = "", next_page: str = "", error: str = "", status: int = 200, chosen: int = 0
) -> HttpResponse:
    turn = turn_at(request)
    is_locked = bool(kept or next_page)
    context = {
        "turn": turn,
        "is_locked": is_locked,
        "workers": offered(request, turn),
        "is_offered": turn.can_switch or (is_locked and bool(request.user.pin)),
        "chosen": chosen or (request.member.user_id if is_locked else 0),
        "own_pin": bool(request.user.pin),
        "kept": kept,
        "next": next_page,
        "error": error,
    }
    response = render(request, "desk/account/switch.html", context, status=status)
    add_never_cache_headers(response)
    return response


def check_own(request: MemberRequest, *, pin: str, password: str) -> None:
    """The same person again, by PIN or password. Raises Refusal."""
    if password:
        _check_password(request, password)
    else:
        _check_pin(request, request.user, pin)


def _check_password(request: MemberRequest, password: str) -> None:
    try:
        is_right = get_adapter(request).reauthenticate(request.user, password)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from None
    if not is_right:
        raise Refusal(_("This password is not right."))


def _check_pin(request: HttpRequest, user: User, pin: str) -> None:
    if not ratelimit.consume(request, action="pin", key=request.session.session_key or ""):
        raise Refusal(_("Too many PINs were tried here. Wait ten minutes, or use your password."))
    match try_pin(user, pin):
        case Answer.WRONG:
            raise Refusal(_("This PIN is not right."))
        case Answer.STOPPED:
            raise Refusal(_("This PIN was wrong too often. It works again after a sign-in with the password."))


def take_over(request: MemberRequest, *, worker_id: int, pin: str) -> User:
    """Somebody else goes on at this computer, at its program and its site. Raises Refusal.

    The session starts afresh: nothing of the last person's is left in it but where the computer stands and since when
    it is open.
    """
    turn = turn_at(request)
    if not turn.can_switch or turn.device is None:
        raise Refusal(_("This computer is not open for switching. Sign in with your password."))
    user = colleagues().exclude(pin="").filter(pk=worker_id).first()
    if user is None:
        raise Refusal(_("Tap your name, then type your PIN."))
    _check_pin(request, user, pin)
    carried = {name: request.session[name] for name in _CARRIED if name in request.session}
    login(request, user, backend=_BACKEND)
    request.session.update({**carried, BY_PIN: True, PROGRAM: turn.device.program_id, DEVICE: str(turn.device.pk)})
    request.session.set_expiry(OPEN_HOURS * 3600)
    record_audit("staff.switched", program_id=turn.device.program_id, by_id=user.pk, target=str(turn.device.pk))
    return user
