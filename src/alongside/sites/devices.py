"""Shared devices: which computers colleagues may take turns at, and which one this is."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse

from alongside.kernel.clock import now
from alongside.sites.audit import record_audit
from alongside.sites.members import live_device
from alongside.sites.models import Device, Program

COOKIE = "alongside_device"
COOKIE_SECONDS = 2 * 365 * 24 * 3600
_SALT = "alongside.device"


def share_device(*, name: str, program: Program, by_id: int) -> Device:
    device = Device.objects.create(program=program, name=name, shared_at=now(), shared_by_id=by_id)
    record_audit("devices.shared", program_id=program.pk, by_id=by_id, target=str(device.pk))
    return device


def revoke_device(device: Device, *, program: Program, by_id: int) -> None:
    """Nobody can switch there any more, and sessions that began there with a PIN end."""
    if Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now()):
        record_audit("devices.revoked", program_id=program.pk, by_id=by_id, target=str(device.pk))


def name_device(response: HttpResponse, device: Device, *, is_secure: bool) -> None:
    """Give the browser the signed name of the device it runs on. It holds nothing about the device or a person."""
    response.set_cookie(
        COOKIE,
        signing.dumps(str(device.pk), salt=_SALT),
        max_age=COOKIE_SECONDS,
        secure=is_secure,
        httponly=True,
        samesite="Lax",
    )


def device_of(request: HttpRequest, program: Program) -> Device | None:
    """The shared device of this program that the request comes from."""
    try:
        device = live_device(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT))
    except signing.BadSignature:
        return None
    return device if device and device.program_id == program.pk else None
