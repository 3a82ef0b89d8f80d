"""A screen on site that sounds while somebody has not answered, and by itself when it loses the server."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from alongside.accounts.doors import needs, open_to_all
from alongside.alarms.queries import open_incidents
from alongside.desk.context import SiteChoice
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.models import Target
from alongside.messaging.alerting.targets import note_sounder_alive, sounder_of
from alongside.sites.middleware import MemberRequest

_SALT = "alongside.sounder"


@needs("alarms.answer")
def sounder(request: MemberRequest) -> HttpResponse:
    choice = SiteChoice(request)
    wanted = request.GET.get("site")
    site = next((each for each in choice.all if str(each.pk) == wanted), choice.current)
    if site is None:
        return render(request, "desk/responding/sounder.html", {"site": None})
    context = {
        "site": site,
        "sites": choice.all,
        "token": signing.dumps(str(sounder_of(site).pk), salt=_SALT),
        "incidents": open_incidents(site.program_id, site_id=site.pk),
    }
    return render(request, "desk/responding/sounder.html", context)


@open_to_all
@never_cache
def state(request: HttpRequest) -> JsonResponse:
    """For that screen alone, which a signed-in colleague opened: it goes on when nobody has touched it for a day.

    Says what the screen says anyway: which incidents nobody has taken. What opens it is in no address.
    """
    token = request.headers.get("X-Alongside-Screen", "")
    try:
        target = Target._base_manager.get(pk=UUID(signing.loads(token, salt=_SALT)), ended_ms=None)
    except (signing.BadSignature, ValueError, Target.DoesNotExist):
        raise Http404 from None
    note_sounder_alive(target.pk)
    found = open_incidents(target.program_id, site_id=target.site_id)
    sounding = [each.words for each in found if each.owner_id is None and each.late_ok_ms is None]
    quiet = [each.words for each in found if each.words not in sounding]
    return JsonResponse({"now_ms": DjangoStore().now_ms(), "sounding": sounding, "quiet": quiet})
