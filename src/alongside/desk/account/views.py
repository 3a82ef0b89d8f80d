"""One's own account, switching between colleagues, and coming back after the idle lock."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.actions import choose_pin
from alongside.accounts.doors import needs, while_locked
from alongside.accounts.sign_in import remember_who, speak_language_of
from alongside.desk.account import switching
from alongside.desk.account.forms import DeviceForm, OwnForm, PinForm
from alongside.desk.account.locking import is_locked, unlock
from alongside.kernel.errors import Refusal
from alongside.sites import interrupted
from alongside.sites.devices import COOKIE, device_of, name_device, revoke_device, share_device
from alongside.sites.members import PROGRAM
from alongside.sites.middleware import MemberRequest


@needs("own.account")
def account(request: MemberRequest) -> HttpResponse:
    form = OwnForm(request.POST or None, initial={"name": request.user.name, "language": request.user.language})
    if request.method == "POST" and form.is_valid():
        request.user.name, request.user.language = form.cleaned_data["name"], form.cleaned_data["language"]
        request.user.save(update_fields=["name", "language"])
        messages.success(request, _("Saved."))
        response = redirect("desk:account")
        speak_language_of(request.user, response)
        return response
    context = {
        "form": form,
        "device_form": DeviceForm(auto_id="device_%s"),
        "device": device_of(request, request.member.program),
        "may_sign_in_settings": request.member.can("own.sign_in"),
    }
    return render(request, "desk/account/account.html", context, status=422 if form.errors else 200)


@needs("own.sign_in")
def pin(request: MemberRequest) -> HttpResponse:
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            switching.check_own(request, pin="", password=form.cleaned_data["password"])
            choose_pin(request.user, form.cleaned_data["pin"])
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your PIN is set. Use it on computers that your program shares."))
            return redirect("desk:account")
    return render(request, "desk/account/pin.html", {"form": form}, status=422 if form.errors else 200)


@needs("own.sign_in")
@require_POST
def share(request: MemberRequest) -> HttpResponse:
    form = DeviceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give this computer a name first."))
        return redirect("desk:account")
    member = request.member
    device = share_device(name=form.cleaned_data["name"], program=member.program, by_id=member.user_id)
    messages.success(request, _("This computer is shared now: colleagues with a PIN can take turns here."))
    response = redirect("desk:account")
    name_device(response, device, is_secure=request.is_secure())
    return response


@needs("own.sign_in")
@require_POST
def stop_sharing(request: MemberRequest) -> HttpResponse:
    member = request.member
    if device := device_of(request, member.program):
        revoke_device(device, program=member.program, by_id=member.user_id)
    messages.success(request, _("This computer is no longer shared."))
    response = redirect("desk:account")
    response.delete_cookie(COOKIE)
    return response


@needs("own.account")
def choose_program(request: MemberRequest) -> HttpResponse:
    """For people who work at several programs. After a PIN there is only the device's own program."""
    if request.method == "POST":
        wanted = request.POST.get("program", "")
        ids = {str(program.pk): program.pk for program in request.member.programs}
        if wanted not in ids:
            return render(request, "desk/account/programs.html", status=404)
        request.session[PROGRAM] = ids[wanted]
        request.session.pop("site", None)
        return redirect("/")
    return render(request, "desk/account/programs.html")


@while_locked
@needs("own.account")
def switch(request: MemberRequest) -> HttpResponse:
    """Tap your name, type your PIN. The person who is signed in unlocks the computer here in the same way."""
    if request.method != "POST":
        return switching.page(request, next_page=_safe(request, request.GET.get("next", "")))
    worker = request.POST.get("worker", "")
    typed_pin, password = request.POST.get("pin", ""), request.POST.get("password", "")
    worker_id = int(worker) if worker.isdecimal() else 0
    try:
        if password or worker_id == request.member.user_id:
            switching.check_own(request, pin=typed_pin, password=password)
            unlock(request.session)
            return JsonResponse({}) if _is_quiet(request) else _go_on(request)
        user = switching.take_over(request, worker_id=worker_id, pin=typed_pin)
    except Refusal as refusal:
        if _is_quiet(request):
            return JsonResponse({"error": str(refusal)}, status=422)
        kept, next_page = request.POST.get("kept", ""), _safe(request, request.POST.get("next", ""))
        return switching.page(request, kept=kept, next_page=next_page, error=str(refusal), status=422, chosen=worker_id)
    response = redirect("/")
    speak_language_of(user, response)
    remember_who(user, response, is_secure=request.is_secure())
    return response


@needs("own.account")
def go_on(request: MemberRequest) -> HttpResponse:
    """After signing in again: the form that was posted when the session had ended, to be sent on."""
    found = interrupted.put_aside_for(request.session, user_id=request.member.user_id)
    if found is None:
        return redirect("/")
    response = render(request, "desk/account/go_on.html", {"kept": found})
    add_never_cache_headers(response)
    return response


def _is_quiet(request: HttpRequest) -> bool:
    """Asked by the lock over a page, which stays where it is."""
    return request.headers.get("Accept") == "application/json"


def _go_on(request: MemberRequest) -> HttpResponse:
    """Back to where they were; a form that was posted while the computer was locked is shown to be sent on."""
    kept = interrupted.kept(request.POST.get("kept", ""), user_id=request.member.user_id)
    if kept is None:
        return redirect(_safe(request, request.POST.get("next", "")) or "/")
    return render(request, "desk/account/go_on.html", {"kept": kept})


def _safe(request: HttpRequest, wanted: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


@while_locked
@needs("own.account")
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """A page says that somebody is using it, though nothing was sent. 423 if the computer has locked meanwhile."""
    member_request = cast("MemberRequest", request)
    if is_locked(request.session, member_request.member.program):
        return HttpResponse(status=423)
    unlock(request.session)
    return HttpResponse(status=204)
