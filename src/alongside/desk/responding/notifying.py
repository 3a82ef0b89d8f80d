"""Notifications on a responder's own phone or computer: switched on there, and proven by a message that they answer."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs, open_to_all
from alongside.alarms.incidents import tell_targets
from alongside.kernel.errors import Refusal
from alongside.messaging.alerting.channels.push import public_key, vapid_key
from alongside.messaging.alerting.models import Target
from alongside.messaging.alerting.outgoing import SHIFT_CHECK
from alongside.messaging.alerting.targets import add_browser, browser_behind, end_target
from alongside.sites.middleware import MemberRequest


class BrowserForm(forms.Form):
    """What the browser says of itself, and what a person calls it."""

    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("So that colleagues know which one it is."), max_length=60
    )
    endpoint = forms.CharField(widget=forms.HiddenInput, max_length=1000, required=False)
    p256dh = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    auth = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)


@needs("alarms.answer")
def notifications(request: MemberRequest) -> HttpResponse:
    form = BrowserForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (target := _added(request, form)):
        _try_out(target)
        messages.success(request, _("A message was sent here. Open it and answer: then we know that it works."))
        return redirect("desk:targets")
    key = public_key(vapid_key(settings.PUSH_KEY()))
    context = {"form": form, "key": key}
    return render(request, "desk/responding/notifications.html", context, status=422 if form.errors else 200)


def _added(request: MemberRequest, form: BrowserForm) -> Target | None:
    said = form.cleaned_data
    subscription = {name: said[name] for name in ("endpoint", "p256dh", "auth")}
    try:
        return add_browser(
            subscription, name=said["name"], program_id=request.member.program.pk, user_id=request.member.user_id
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


def _try_out(target: Target) -> None:
    words = _("A try-out of the alarm. Open it and answer, so that we know it reached you.")
    tell_targets([target], words=words, incident_id=None, program_id=target.program_id, urgency=SHIFT_CHECK)


@needs("alarms.answer")
@require_POST
def off(request: MemberRequest) -> HttpResponse:
    """Whoever is signed in there: somebody who gives a phone back takes nobody's alarms along."""
    found = browser_behind(request.POST.get("endpoint", ""), program_id=request.member.program.pk)
    for target in found:
        end_target(target, by_id=request.member.user_id)
    messages.success(request, _("Alarms do not come here any more."))
    return redirect("desk:targets")


@open_to_all
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """A service worker of its own, beside that of the phone app, for this one page. Reads nothing of the request."""
    text = f'import "{static("desk/js/push_worker.js")}";\n'
    return HttpResponse(text, content_type="text/javascript")
