"""Setting up who can be told and through what. Addresses are checked, sealed, and never shown again whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from alongside.jobs.django_store import DjangoStore
from alongside.kernel.errors import Refusal
from alongside.messaging.alerting.channels.push import try_browser_key
from alongside.messaging.alerting.models import Carrier, Channel, Target
from alongside.messaging.gateway import check_template, check_url
from alongside.messaging.models import TextLine
from alongside.messaging.numbers import international
from alongside.messaging.sealing import Unreadable
from alongside.sites.audit import record_audit
from alongside.sites.models import Site

SOUNDER_PROOF_EVERY_MS = 2_000


def add_target(
    *,
    name: str,
    channel: str,
    written: str,
    program_id: int,
    user_id: int | None,
    is_backup: bool,
    by_id: int,
) -> Target:
    """Raises Refusal with a sentence for an address that is none."""
    address = _address(channel, written.strip(), program_id)
    return keep_target(
        address, name=name, channel=channel, program_id=program_id, user_id=user_id, is_backup=is_backup, by_id=by_id
    )


def add_browser(subscription: Mapping[str, str], *, name: str, program_id: int, user_id: int) -> Target:
    """Somebody's own browser. Switched on again it takes the place of what it was before. Raises Refusal."""
    _check_subscription(subscription)
    with transaction.atomic():
        for earlier in browser_behind(subscription["endpoint"], program_id=program_id):
            end_target(earlier, by_id=user_id)
        return keep_target(
            subscription,
            name=name,
            channel=Channel.PUSH,
            program_id=program_id,
            user_id=user_id,
            is_backup=True,
            by_id=user_id,
        )


def browser_behind(endpoint: str, *, program_id: int) -> list[Target]:
    rows = Target._base_manager.filter(program_id=program_id, channel=Channel.PUSH, ended_ms=None)
    return [each for each in rows if address_of(each).get("endpoint") == endpoint]


def address_of(target: Target) -> dict[str, str]:
    """Nothing for one whose address can't be read any more."""
    try:
        content: dict[str, str] = json.loads(target.opened("address") or "{}")
    except Unreadable:
        return {}
    return content


def _check_subscription(subscription: Mapping[str, str]) -> None:
    try:
        check_url(subscription.get("endpoint", ""))
        try_browser_key(subscription.get("p256dh", ""), subscription.get("auth", ""))
    except (Refusal, ValueError):
        raise Refusal(_("The browser did not say how it is reached. Switch notifications on again.")) from None


def keep_target(
    address: Mapping[str, str],
    *,
    name: str,
    channel: str,
    program_id: int,
    user_id: int | None,
    is_backup: bool,
    by_id: int,
) -> Target:
    target = Target(
        program_id=program_id,
        name=name,
        channel=channel,
        lane=f"{channel}:{_server_behind(channel, address, program_id)}"[:100],
        user_id=user_id,
        is_backup=is_backup,
        made_ms=DjangoStore().now_ms(),
    )
    target.keep_sealed("address", json.dumps(dict(address)))
    with transaction.atomic():
        target.save(force_insert=True)
        record_audit("alarms.target_added", program_id=program_id, by_id=by_id, target=str(target.pk))
    return target


def end_target(target: Target, *, by_id: int) -> None:
    """It is told no more, and its address is forgotten."""
    with transaction.atomic():
        ended_ms = DjangoStore().now_ms()
        Target._base_manager.filter(pk=target.pk, ended_ms=None).update(ended_ms=ended_ms, address=None)
        record_audit("alarms.target_ended", program_id=target.program_id, by_id=by_id, target=str(target.pk))


def keep_carrier(channel: str, settings: Mapping[str, str], *, program_id: int, by_id: int) -> None:
    """The program's own gateway, mail server or account for a channel."""
    if channel in {Channel.TEXT, Channel.CALL}:
        check_url(settings.get("url", ""))
        check_template(settings.get("template", ""), body=settings.get("body", "json"))
    with transaction.atomic():
        carrier = Carrier._base_manager.filter(program_id=program_id, channel=channel).first()
        carrier = carrier or Carrier(program_id=program_id, channel=channel)
        carrier.keep_sealed("settings", json.dumps(dict(settings)))
        carrier.save()
        record_audit("alarms.carrier_changed", program_id=program_id, by_id=by_id, target=channel)


def can_text(program_id: int) -> bool:
    """True where a gateway is set up that alarms are texted through."""
    own = Carrier._base_manager.filter(program_id=program_id, channel=Channel.TEXT)
    line = TextLine._base_manager.filter(program_id=program_id).exclude(gateway_url="")
    return own.exists() or line.exists()


def sounder_of(site: Site) -> Target:
    """The target that stands for every screen at this site."""
    with transaction.atomic():
        Site._base_manager.select_for_update(no_key=True).get(pk=site.pk)
        found = Target._base_manager.filter(site=site, channel=Channel.SOUNDER, ended_ms=None).first()
        return found or Target._base_manager.create(
            program_id=site.program_id,
            site=site,
            name=site.name[:60],
            channel=Channel.SOUNDER,
            lane=Channel.SOUNDER,
            is_backup=True,
            made_ms=DjangoStore().now_ms(),
        )


def note_sounder_alive(target_id: UUID) -> None:
    """A screen asked: it is there, and it has been given all that waits for it."""
    store = DjangoStore()
    now_ms = store.now_ms()
    stale = Target._base_manager.filter(pk=target_id).exclude(proven_ms__gt=now_ms - SOUNDER_PROOF_EVERY_MS)
    stale.update(proven_ms=now_ms)
    waiting = store.rows(
        "SELECT 1 FROM alerting_dispatch WHERE lane = %s AND next_ms IS NOT NULL LIMIT 1", [Channel.SOUNDER.value]
    )
    if waiting:
        store.change(
            "UPDATE alerting_dispatch SET accepted_ms = %s, delivered_ms = %s, next_ms = NULL "
            "WHERE target_id = %s AND next_ms IS NOT NULL",
            [now_ms, now_ms, store.id(target_id)],
        )


def _address(channel: str, written: str, program_id: int) -> dict[str, str]:
    if channel in {Channel.TEXT, Channel.CALL}:
        return {"number": _number(written, program_id)}
    if channel == Channel.EMAIL:
        return {"to": _mailbox(written)}
    if channel == Channel.MATRIX:
        if not written.startswith(("!", "#")) or ":" not in written:
            raise Refusal(_("Write the room’s whole address, such as !abc:matrix.example.org."))
        return {"room": written}
    if channel == Channel.WEBHOOK:
        check_url(written)
        return {"url": written}
    raise Refusal(_("Choose a way to reach them."))


def _number(written: str, program_id: int) -> str:
    line = TextLine._base_manager.filter(program_id=program_id).first()
    number = international(written, region=line.region if line else "US")
    if number is None:
        raise Refusal(_("This is not a phone number. Write it with its country code, such as +1 415 555 2671."))
    return number


def _mailbox(written: str) -> str:
    try:
        validate_email(written)
    except ValidationError:
        raise Refusal(_("This is not an e-mail address.")) from None
    return written


def _server_behind(channel: str, address: Mapping[str, str], program_id: int) -> str:
    """What a lane waits for: the same gateway, mail server or computer."""
    url = address.get("url") or address.get("endpoint")
    return urlsplit(url).netloc if url else str(program_id)
