"""The page for a database that can't answer or a disk that is full: it says so, and gives back what was entered.

Every error that nothing else caught ends here, because this is Django's handler500: also the errors of middleware,
which no other middleware gets to see.
"""

from __future__ import annotations

import errno
import shutil
import sys
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views import csrf, defaults

from alongside.accounts.sign_in import who_was_here
from alongside.config import paths
from alongside.sites.interrupted import is_sent_by_hand, put_aside
from alongside.sites.middleware import is_for_machines, said_to_machine

RETRY_SECONDS = 5
_NO_ROOM_BYTES = 100_000
_SECRET_FIELDS = ("csrfmiddlewaretoken", "password", "oldpassword", "pin")


class Trouble(StrEnum):
    """Why a record could not be kept just now."""

    FULL = "full"
    BUSY = "busy"
    AWAY = "away"


SENTENCES = {
    Trouble.FULL: _(
        "The disk of the computer that runs Alongside is full. Free some space on it, then send this again."
    ),
    Trouble.BUSY: _("The database is busy with something long. Wait a moment, then send this again."),
    Trouble.AWAY: _("The database does not answer. Alongside keeps trying; wait a moment, then send this again."),
}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """An app is told in its own way that it needs a new token. What a person had entered in a page is put aside."""
    if is_for_machines(request):
        return said_to_machine(str(_("The app needs to ask for the server first.")), reason="csrf", status=403)
    user_id = request.user.pk if request.user.is_authenticated else who_was_here(request)
    if user_id is not None and _is_from_our_page(request) and is_sent_by_hand(request):
        put_aside(request, user_id=user_id)
        return redirect(settings.GO_ON_URL)
    return csrf.csrf_failure(request, reason=reason)


def _is_from_our_page(request: HttpRequest) -> bool:
    """Somebody signed in again in another tab, so that this page's token is an old one. No other site can say this."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def server_error(request: HttpRequest) -> HttpResponseBase:
    """503 when the database or the disk is the reason, otherwise the page for a fault of ours."""
    trouble = trouble_behind(sys.exc_info()[1])
    if trouble is None:
        return defaults.server_error(request)
    response = _for_machines(trouble) if _is_machine(request) else _page(request, trouble)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def trouble_behind(error: BaseException | None) -> Trouble | None:
    """None for an error that is nobody's weather but our own mistake, like a table that is not there."""
    while error is not None:
        if trouble := _trouble(error):
            return trouble
        error = error.__cause__
    return None


def _trouble(error: BaseException) -> Trouble | None:
    if isinstance(error, OSError):
        return Trouble.FULL if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} else None
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    name = getattr(error.__cause__, "sqlite_errorname", "")
    if name == "SQLITE_ERROR":
        return None
    if name == "SQLITE_FULL" or getattr(error.__cause__, "sqlstate", None) == "53100":
        return Trouble.FULL
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and _is_disk_full():
        return Trouble.FULL
    is_busy = name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or "busy" in str(error)
    return Trouble.BUSY if is_busy else Trouble.AWAY


def _is_disk_full() -> bool:
    """SQLite can't say so when it fails to make the files beside the database."""
    return shutil.disk_usage(paths.home()).free < _NO_ROOM_BYTES


def _is_machine(request: HttpRequest) -> bool:
    return is_for_machines(request) or not request.accepts("text/html")


def _for_machines(trouble: Trouble) -> HttpResponse:
    return said_to_machine(str(SENTENCES[trouble]), reason=trouble, status=503)


def _page(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Rendered without a request, since what the shell shows about somebody comes from the database."""
    content = render_to_string("503.html", {"sentence": SENTENCES[trouble], **_given_back(request)})
    return HttpResponse(content, status=503)


def _given_back(request: HttpRequest) -> dict[str, Any]:
    """What was posted, to be sent again from the page. Another site's form is not given back as if it were ours."""
    if request.method != "POST" or not _is_our_form(request):
        return {"fields": [], "address": request.get_full_path() if request.method == "GET" else "/"}
    return {
        "fields": [(name, value) for name, values in request.POST.lists() for value in values if _may_show(name)],
        "address": request.get_full_path(),
        "csrf_token": get_token(request),
        "has_lost_files": bool(request.FILES),
    }


def _is_our_form(request: HttpRequest) -> bool:
    """The error may have come before Django's own check of the token did."""
    guard = CsrfViewMiddleware(lambda _request: HttpResponse())
    guard.process_request(request)
    return guard.process_view(request, lambda _request: HttpResponse(), (), {}) is None


def _may_show(name: str) -> bool:
    return not name.startswith(_SECRET_FIELDS)
