"""The phone app's own pages. The page that records is the desk's; see docs/decisions/0011."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from alongside.accounts.doors import needs, open_to_all
from alongside.field.enrolling import enrolment
from alongside.field.guide import RESPONSE_STEPS, places
from alongside.field.words import words_for
from alongside.kernel.clock import now
from alongside.sites.middleware import MemberRequest

NIGHT = "#38183f"
ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))


@needs("contacts.record")
def phone(request: MemberRequest) -> HttpResponse:
    """Set this phone up; once that is done, what waits and what it keeps."""
    return render(
        request, "field/phone.html", {"enrolment": enrolment(request.member), "words": words_for(request.path)}
    )


@needs("contacts.record")
@never_cache
def set_up(request: MemberRequest) -> HttpResponse:
    """The same for a phone that is set up: another worker may have signed in, keys may have changed."""
    return JsonResponse(enrolment(request.member))


@needs("contacts.record")
def shift(request: MemberRequest) -> HttpResponse:
    """The frame of "My shift"; the figures are this phone's own and never leave it."""
    return render(request, "field/shift.html")


@needs("contacts.record")
def guide(request: MemberRequest) -> HttpResponse:
    """The pocket guide: what to do in an overdose, and where else the program is."""
    return render(request, "field/guide.html", {"steps": RESPONSE_STEPS, "places": places(), "as_of": now()})


@open_to_all
def away(request: HttpRequest) -> HttpResponse:
    """What a phone shows instead of a page that needs the network."""
    return render(request, "field/away.html")


@open_to_all
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to know to put the app among its others."""
    answer = JsonResponse(_manifest(), json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/manifest+json"
    return answer


def _manifest() -> dict[str, Any]:
    record = reverse("desk:record")
    return {
        "id": record,
        "name": "Alongside",
        "short_name": "Alongside",
        "description": _("Record contacts, also without a network."),
        "start_url": record,
        "scope": "/",
        "display": "standalone",
        "background_color": NIGHT,
        "theme_color": NIGHT,
        "icons": [
            {"src": static(f"field/icons/{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": use}
            for size, use in ICONS
        ],
        "shortcuts": [{"name": _("Pocket guide"), "url": reverse("field:guide")}],
    }
