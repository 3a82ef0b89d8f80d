"""Being on duty: somebody says until when they answer alarms, and shows that messages reach them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.alarms.incidents import tell_targets
from alongside.alarms.models import Alarm, Duty, Incident
from alongside.alarms.queries import CANARY, open_incidents, people_on_duty, targets_in_use
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.errors import Refusal
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.messaging.alerting.outgoing import SHIFT_CHECK
from alongside.sites.audit import record_audit

LONGEST_HOURS = 14


def go_on_duty(*, hours: float, program_id: int, by_id: int) -> Duty:
    """Start, or move the end. A message is sent to each of their ways; only an answer to one makes them count."""
    if not 0 < hours <= LONGEST_HOURS:
        raise Refusal(_("Choose between 1 and %(hours)s hours.") % {"hours": LONGEST_HOURS})
    with transaction.atomic():
        now_ms = DjangoStore().now_ms()
        until_ms = now_ms + round(hours * 3_600_000)
        Duty._base_manager.filter(program_id=program_id, user_id=by_id, ended_ms=None, until_ms__lte=now_ms).update(
            ended_ms=now_ms
        )
        duty, _made = Duty._base_manager.update_or_create(
            program_id=program_id,
            user_id=by_id,
            ended_ms=None,
            defaults={"until_ms": until_ms},
            create_defaults={"started_ms": now_ms, "until_ms": until_ms},
        )
        check_reachability(duty)
        record_audit("alarms.on_duty", program_id=program_id, by_id=by_id, target=str(duty.pk))
    return duty


def check_reachability(duty: Duty) -> None:
    """Ask them to show that messages come through."""
    mine = list(targets_in_use(duty.program_id).filter(user_id=duty.user_id))
    if not mine:
        raise Refusal(_("Nothing is set up to reach you. Add your phone or mailbox first."))
    words = _("Shift check: open this message and answer, so that people are covered.")
    tell_targets(mine, words=words, incident_id=None, program_id=duty.program_id, urgency=SHIFT_CHECK)
    Duty._base_manager.filter(pk=duty.pk).update(asked_ms=DjangoStore().now_ms())


def note_answer(dispatch_id: UUID) -> Dispatch | None:
    """A person opened the message and pressed its button: it was seen, its way works, and they are there."""
    with transaction.atomic():
        found: Dispatch | None = Dispatch._base_manager.filter(pk=dispatch_id).select_related("target").first()
        if found is None:
            return None
        now_ms = DjangoStore().now_ms()
        Dispatch._base_manager.filter(pk=found.pk, seen_ms=None).update(seen_ms=now_ms)
        if (target := found.target) is not None:
            Target._base_manager.filter(pk=target.pk).update(proven_ms=now_ms, failed_ms=None, failure="")
            duties = Duty._base_manager.filter(program_id=found.program_id, ended_ms=None)
            if target.user_id is not None:
                duties.filter(user_id=target.user_id).update(proven_ms=now_ms)
    return found


def go_off_duty(*, program_id: int, by_id: int) -> None:
    """Refused while an incident is theirs, or while they alone cover people whose time is running."""
    with transaction.atomic():
        if Incident._base_manager.filter(program_id=program_id, owner_id=by_id, closed_ms=None).exists():
            raise Refusal(_("You have an open incident. A colleague has to take it over first."))
        others = people_on_duty(program_id).exclude(user_id=by_id).exclude(proven_ms=None)
        if not others.exists() and _somebody_counts_on_us(program_id):
            raise Refusal(_("People count on you at this moment. Somebody else has to go on duty and answer first."))
        now_ms = DjangoStore().now_ms()
        Duty._base_manager.filter(program_id=program_id, user_id=by_id, ended_ms=None).update(ended_ms=now_ms)
        record_audit("alarms.off_duty", program_id=program_id, by_id=by_id, target=str(by_id))


def _somebody_counts_on_us(program_id: int) -> bool:
    running = Alarm._base_manager.filter(program_id=program_id).exclude(state=Alarm.State.CLOSED)
    return open_incidents(program_id).exists() or running.exclude(kind=CANARY).exists()
