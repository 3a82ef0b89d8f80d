"""What a program gives back to those who come: open to everybody, once a coordinator opened it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe
from django_scopes import scope

from alongside.accounts.doors import open_to_all
from alongside.encounters.registry import registry
from alongside.reports.giving.poster import never_asked
from alongside.reports.giving.showing import page_of
from alongside.reports.models import GiveBack
from alongside.sites.models import Program

KEPT_SECONDS = 600


@open_to_all
@require_safe
def give_back(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """The page of a program, in the reader's language or the one that the address names.

    Reads what was published, and which doors are open: no visitor, however many come, costs the ledger anything.
    A program without an open page looks like one that does not exist.
    """
    if language and language not in dict(settings.LANGUAGES):
        raise Http404
    program = get_object_or_404(Program, slug=slug)
    with scope(program=program), translation.override(language or translation.get_language()):
        page = GiveBack.objects.filter(is_open=True).first()
        if page is None:
            raise Http404
        context = {"shown": page_of(program, page), "never": never_asked(), "languages": settings.LANGUAGES}
        context["doors"] = [door for spec in registry if (door := spec.public_door(program.pk))]
        response = render(request, "public/give_back.html", context)
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response
