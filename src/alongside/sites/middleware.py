"""The guard at every door: who is asking, for which program, and may they?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_scopes import scope

from alongside.accounts.doors import OPEN
from alongside.accounts.models import User
from alongside.accounts.sign_in import BY_PIN, who_was_here
from alongside.sites.interrupted import forget_if_sent, is_sent_by_hand, put_aside
from alongside.sites.members import Member, member_of

if TYPE_CHECKING:
    from alongside.sites.signed_in import SessionStore


class MemberRequest(HttpRequest):
    """A request that passed the guard: somebody is signed in and belongs to a program."""

    member: Member
    user: User


class MemberMiddleware:
    """Sets `request.member`, enters the program's scope and time zone, and refuses every view that does not say it is
    open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        member = _member(request)
        cast("MemberRequest", request).member = member  # type: ignore[assignment]
        if member is None:
            return self.get_response(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(member.program.language)
        with scope(program=member.program), timezone.override(member.program.timezone):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        permission = getattr(view, "permission", None)
        if permission == OPEN or view.__module__.startswith(settings.OPEN_VIEW_MODULES):
            return None
        member = cast("MemberRequest", request).member
        if member is None:
            return _ask_to_sign_in(request)
        if permission is None or not member.can(permission):
            return _refuse(request)
        if member.has_start_password and permission != "own.sign_in":
            return _ask_for_own_password(request)
        forget_if_sent(request)
        return None


def _member(request: HttpRequest) -> Member | None:
    if not isinstance(request.user, User):
        return None
    member = member_of(request.user, cast("SessionStore", request.session))
    if member is None and request.session.get(BY_PIN):
        logout(request)  # the device was taken off the list, or its program no longer employs them
    return member


def is_for_machines(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def said_to_machine(sentence: str, *, reason: str, status: int) -> JsonResponse:
    """Why the API does nothing: a sentence for whoever holds the phone, a word for the app."""
    return JsonResponse({"sentence": sentence, "reason": reason}, status=status)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if is_for_machines(request) and not request.user.is_authenticated:
        return said_to_machine(_("Sign in first."), reason="signed_out", status=401)
    if request.user.is_authenticated:
        return _refuse(request)
    user_id = who_was_here(request)
    if user_id is not None and is_sent_by_hand(request):
        put_aside(request, user_id=user_id)
        return redirect_to_login(reverse(settings.GO_ON_URL))
    return redirect_to_login(request.get_full_path())


def _refuse(request: HttpRequest) -> HttpResponse:
    if is_for_machines(request):
        return said_to_machine(_("Your role can’t do this. Ask a coordinator."), reason="role", status=403)
    raise PermissionDenied


def _ask_for_own_password(request: HttpRequest) -> HttpResponse:
    if is_for_machines(request):
        return said_to_machine(_("Choose a password of your own first."), reason="password", status=403)
    return redirect("account_change_password")
