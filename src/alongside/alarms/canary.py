"""Made-up check-ins that run through the real path all day, so that a broken alarm is noticed before it is needed.

Each is set like any other, found by the runner, put into the outbox, and taken out by the sender, whose last step does
nothing. What is measured is the time from the deadline until the sender had it handed over.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from alongside.alarms.actions import set_alarm
from alongside.alarms.models import Alarm, Incident
from alongside.alarms.queries import CANARY, targets_in_use
from alongside.alarms.stages import Stage
from alongside.jobs.django_store import DjangoStore
from alongside.jobs.specs import Work
from alongside.kernel.ids import uuid7
from alongside.messaging.alerting.models import Channel, Dispatch, Target
from alongside.sites.models import Program

JOB = "alarms.canary"
AFTER_SECONDS = 20
LOST_AFTER_MS = 60_000
DAY_MS = 24 * 3600 * 1000
KEPT_MS = 30 * DAY_MS


@dataclass(frozen=True, kw_only=True)
class CanaryFigures:
    """Of the last 24 hours."""

    count: int
    lost: int
    worst_seconds: float | None


def let_canaries_fly(_work: Work) -> None:
    """One for each program that has somebody to tell. Those from before are closed."""
    with scopes_disabled():
        for program in Program.objects.all():
            if targets_in_use(program.pk).exists():
                _close_earlier(program.pk)
                _let_one_fly(program)


def _let_one_fly(program: Program) -> None:
    with translation.override(program.language):
        words = _("A try-out of the alarm.")
    set_alarm(
        uuid7(),
        kind=CANARY,
        program_id=program.pk,
        site_id=None,
        in_seconds=AFTER_SECONDS,
        stages=[Stage(after_seconds=0, target_ids=(_target(program.pk).pk,))],
        words=words,
    )


def _target(program_id: int) -> Target:
    target, _made = Target._base_manager.get_or_create(
        program_id=program_id,
        channel=Channel.CANARY,
        user=None,
        ended_ms=None,
        defaults={"name": "-", "lane": Channel.CANARY, "is_backup": False, "made_ms": DjangoStore().now_ms()},
    )
    if target.address is None:
        target.keep_sealed("address", "{}")
        target.save(update_fields=["address"])
    return target


def _close_earlier(program_id: int) -> None:
    now_ms = DjangoStore().now_ms()
    mine = Alarm._base_manager.filter(program_id=program_id, kind=CANARY)
    mine.filter(state=Alarm.State.RAISED, due_ms__lt=now_ms - LOST_AFTER_MS).update(
        state=Alarm.State.CLOSED, next_ms=None, closed_ms=now_ms
    )
    Incident._base_manager.filter(program_id=program_id, kind=CANARY, closed_ms=None).update(closed_ms=now_ms)


def canary_figures(program_id: int) -> CanaryFigures:
    now_ms = DjangoStore().now_ms()
    flown = Alarm._base_manager.filter(
        program_id=program_id, kind=CANARY, due_ms__gt=now_ms - DAY_MS, due_ms__lt=now_ms - LOST_AFTER_MS
    )
    due = dict(flown.values_list("pk", "due_ms"))
    arrived = Dispatch._base_manager.filter(incident__in=due, accepted_ms__isnull=False)
    first: dict[object, int] = {}
    for incident, accepted_ms in arrived.values_list("incident", "accepted_ms"):
        first[incident] = min(accepted_ms or 0, first.get(incident, accepted_ms or 0))
    late = [(accepted_ms - due[incident]) / 1000 for incident, accepted_ms in first.items()]  # type: ignore[index]
    return CanaryFigures(count=len(due), lost=len(due) - len(first), worst_seconds=max(late, default=None))
