"""What becomes known of a message after it was accepted: that it arrived, that it did not, that somebody wants none.

None of it stops an alarm. What did not arrive counts as no way to reach somebody until a person answers there again.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.models import Channel, Dispatch, Target
from alongside.messaging.alerting.targets import address_of
from alongside.messaging.numbers import international
from alongside.messaging.webhooks import Delivery

STOPPED = "STOP"
NOT_DELIVERED = "not delivered"


def note_delivered(dispatch_id: UUID) -> None:
    """The first time counts."""
    now_ms = DjangoStore().now_ms()
    Dispatch._base_manager.filter(pk=dispatch_id, delivered_ms=None).update(delivered_ms=now_ms)


def note_delivery(delivery: Delivery, *, program_id: int) -> bool:
    """A gateway's own word for one of this program's messages. False for one that it never had from us."""
    with transaction.atomic():
        rows = Dispatch._base_manager.filter(program_id=program_id, receipt=delivery.id).exclude(receipt="")
        found: Dispatch | None = rows.order_by("-made_ms").first()
        if found is None:
            return False
        if delivery.has_arrived:
            note_delivered(found.pk)
            _targets_of(found).filter(failure=NOT_DELIVERED).update(failed_ms=None, failure="")
        else:
            _note_undelivered(found)
    return True


def _note_undelivered(message: Dispatch) -> None:
    if message.delivered_ms or message.seen_ms:
        return  # reports overtake each other
    Dispatch._base_manager.filter(pk=message.pk).update(error=NOT_DELIVERED)
    alive = _targets_of(message).filter(failed_ms=None)
    alive.update(failed_ms=DjangoStore().now_ms(), failure=NOT_DELIVERED)


def _targets_of(message: Dispatch) -> QuerySet[Target]:
    """None for a message to a friend, who is no target."""
    return Target._base_manager.filter(pk__in=[message.target_id] if message.target_id else [])


def stop_texts(number: str, *, region: str, program_id: int) -> int:
    """No alarm is texted to that number until START. How many ways of reaching somebody that ended."""
    mine = _texted_at(number, region=region, program_id=program_id)
    rows = Target._base_manager.filter(pk__in=mine).exclude(failure=STOPPED)
    return rows.update(failed_ms=DjangoStore().now_ms(), failure=STOPPED)


def start_texts(number: str, *, region: str, program_id: int) -> int:
    """They are texted again. Shown to work it is once they have answered one."""
    mine = _texted_at(number, region=region, program_id=program_id)
    stopped = Target._base_manager.filter(pk__in=mine, failure=STOPPED)
    return stopped.update(failed_ms=None, failure="", proven_ms=None)


def _texted_at(number: str, *, region: str, program_id: int) -> list[UUID]:
    """Addresses are sealed, and a program has a handful: each is opened and compared."""
    wanted = international(number, region=region)
    rows = Target._base_manager.filter(program_id=program_id, channel=Channel.TEXT, ended_ms=None)
    return [each.pk for each in rows if wanted and address_of(each).get("number") == wanted]
