"""Setting a deadline, moving it, saying that all is well: in the caller's transaction, and harmless when repeated."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.alarms.models import Alarm, Incident
from alongside.alarms.stages import Stage, as_text, incident_code
from alongside.alarms.story import tell_story
from alongside.alarms.wording import MOST_LETTERS
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7


class AlreadyRaised(Refusal):
    """The deadline has passed and people were told; it can't be moved any more."""


class Closed(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    NOTHING = "nothing"


def set_alarm(
    subject: UUID,
    *,
    kind: str,
    program_id: int,
    site_id: int | None,
    in_seconds: float,
    stages: Sequence[Stage],
    words: str,
) -> int:
    """From the commit on, `stages` are told unless the alarm is closed in time. Returns the deadline, as the database
    counts it. A second call replaces the first. Raises AlreadyRaised.
    """
    with transaction.atomic():
        found = _locked(subject, kind=kind, program_id=program_id)
        if found is None:
            found = Alarm(id=uuid7(), program_id=program_id, kind=kind, subject=subject)
        elif found.step:
            raise AlreadyRaised(_too_late())
        _set(found, site_id=site_id, in_seconds=in_seconds, stages=stages, words=words)
        found.save()
    return found.due_ms


def _set(alarm: Alarm, *, site_id: int | None, in_seconds: float, stages: Sequence[Stage], words: str) -> None:
    now_ms = DjangoStore().now_ms()
    ending = f" ({incident_code(alarm.id)})"
    alarm.site_id, alarm.stages, alarm.state = site_id, as_text(stages), Alarm.State.WAITING
    alarm.words = words[: MOST_LETTERS - len(ending)] + ending
    alarm.set_ms, alarm.due_ms, alarm.closed_ms = now_ms, now_ms + round(in_seconds * 1000), None
    alarm.next_ms = alarm.due_ms + (stages[0].after_seconds * 1000 if stages else 0)


def move_alarm(subject: UUID, *, kind: str, program_id: int, in_seconds: float) -> int:
    """A new deadline, counted from now. Raises AlreadyRaised, also for one that is closed."""
    store = DjangoStore()
    with transaction.atomic():
        alarm = _locked(subject, kind=kind, program_id=program_id)
        if alarm is None or alarm.state != Alarm.State.WAITING:
            raise AlreadyRaised(_too_late())
        due_ms = store.now_ms() + round(in_seconds * 1000)
        distance_ms = (alarm.next_ms or alarm.due_ms) - alarm.due_ms
        Alarm._base_manager.filter(pk=alarm.pk).update(due_ms=due_ms, next_ms=due_ms + distance_ms)
    return due_ms


def close_alarm(subject: UUID, *, kind: str, program_id: int, by_id: int | None) -> Closed:
    """The person is all right. Too late for silence, the incident says so and its later stages stop."""
    store = DjangoStore()
    with transaction.atomic():
        alarm = _locked(subject, kind=kind, program_id=program_id)
        if alarm is None or alarm.state == Alarm.State.CLOSED:
            return Closed.NOTHING
        now_ms = store.now_ms()
        Alarm._base_manager.filter(pk=alarm.pk).update(state=Alarm.State.CLOSED, next_ms=None, closed_ms=now_ms)
        if alarm.state == Alarm.State.WAITING:
            return Closed.ON_TIME
        Incident._base_manager.filter(pk=alarm.pk, late_ok_ms=None).update(late_ok_ms=now_ms)
        tell_story(alarm.pk, program_id=program_id, action="late_ok", by_id=by_id)
    return Closed.LATE


def _locked(subject: UUID, *, kind: str, program_id: int) -> Alarm | None:
    """Whoever raises it waits for us or has been before us; never both."""
    rows = Alarm._base_manager.select_for_update()
    found: Alarm | None = rows.filter(kind=kind, subject=subject, program_id=program_id).first()
    return found


def _too_late() -> str:
    return _("The time has passed and people have been told. Say that you are OK, and they will know.")
