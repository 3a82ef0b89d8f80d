"""Enrolling peers who report by text, and ending it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.accounts.models import User
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.messaging.lines import recorder
from alongside.messaging.models import Peer, TextLine
from alongside.messaging.numbers import international, number_digest
from alongside.sites.audit import record_audit
from alongside.sites.models import Site


def enrol(*, name: str, number: str, language: str, site: Site, line: TextLine, by_id: int) -> Peer:
    """From now on texts from this number are this peer's reports. Raises Refusal with a sentence."""
    with transaction.atomic():
        peer = Peer(
            program_id=line.program_id,
            name=name,
            language=language,
            site=site,
            user=recorder(name),
            enrolled_at=now(),
        )
        _give_number(peer, number, line)
        peer.save(force_insert=True)
        record_audit("texts.peer_enrolled", program_id=line.program_id, by_id=by_id, target=str(peer.pk))
    return peer


def change_peer(peer: Peer, *, name: str, language: str, site: Site, by_id: int) -> None:
    with transaction.atomic():
        Peer.objects.filter(pk=peer.pk).update(name=name, language=language, site=site)
        User.objects.filter(pk=peer.user_id).update(name=name)
        record_audit("texts.peer_changed", program_id=peer.program_id, by_id=by_id, target=str(peer.pk))


def change_number(peer: Peer, number: str, *, line: TextLine, by_id: int) -> None:
    """Their phone is lost or new: the old number is unknown from now on, what it reported stays."""
    with transaction.atomic():
        _give_number(peer, number, line)
        peer.wants_answers, peer.ended_at = True, None
        peer.save(update_fields=["number_digest", "wants_answers", "ended_at"])
        record_audit("texts.number_changed", program_id=peer.program_id, by_id=by_id, target=str(peer.pk))


def end(peer: Peer, *, by_id: int) -> None:
    """They report by text no longer, or their phone is lost: the digest of their number goes."""
    with transaction.atomic():
        Peer.objects.filter(pk=peer.pk, ended_at=None).update(ended_at=now(), number_digest=None)
        record_audit("texts.peer_ended", program_id=peer.program_id, by_id=by_id, target=str(peer.pk))


def _give_number(peer: Peer, number: str, line: TextLine) -> None:
    """Keep the digest of a number that nobody else here has. The number itself ends with this call."""
    if international(number, region=line.region) is None:
        raise Refusal(_("This is not a phone number that texts can come from. Check it."))
    peer.number_digest = number_digest(number, region=line.region, program_id=line.program_id)
    if Peer.objects.filter(number_digest=peer.number_digest).exclude(pk=peer.pk).exists():
        raise Refusal(_("A peer with this number is enrolled already. End that first."))
