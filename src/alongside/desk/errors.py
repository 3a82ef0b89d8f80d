"""What a person sees instead of a page. None of these asks the database: it may be the trouble."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from alongside.desk.context import theme_of

SENTENCES = {
    400: _("That request could not be understood."),
    403: _("Your role does not allow this."),
    404: _("There is nothing at this address."),
    500: _("Something went wrong here. It is not your fault."),
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"error": str(SENTENCES[status])}, status=status)
    # Without the request, so that no context processor reads the session or the member.
    context: dict[str, Any] = {"theme": theme_of(request), "address": request.get_full_path()}
    return HttpResponse(render_to_string(f"{status}.html", context), status=status)
