"""What a person chose for this browser: the site they work from, light or dark."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs, open_to_all
from alongside.desk.context import THEME_COOKIE, THEMES
from alongside.sites.models import Site

YEAR_SECONDS = 365 * 24 * 3600


@needs("own.account")
@require_POST
def choose_site(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("site", "")
    site: Site = get_object_or_404(Site.objects.filter(is_active=True), pk=int(wanted) if wanted.isdecimal() else 0)
    request.session["site"] = site.pk
    return redirect(_way_back(request))


@open_to_all
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Without JavaScript; with it, theme.js sets the same cookie and no page is loaded."""
    response = redirect(_way_back(request))
    theme = request.POST.get("theme")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR_SECONDS, samesite="Lax")
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def _way_back(request: HttpRequest) -> str:
    """Where the form said it came from, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
