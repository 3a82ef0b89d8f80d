"""Questions about check-ins."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from alongside.alarms.beats import SILENT_MS
from alongside.alarms.models import Alarm, Incident
from alongside.alarms.queries import cover_of
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.sealing import keyed_digest
from alongside.services.checkins.models import CheckIn, PlanEvent, PlanKey, Protocol
from alongside.services.checkins.rules.keeping import KIND
from alongside.sites.models import Program

SPARE_MS = 10 * 60 * 1000
"""Somebody has to be on duty for this long after the deadline: an alarm is not over when it begins."""


def protocols_in_use(program_id: int) -> QuerySet[Protocol]:
    return Protocol._base_manager.filter(program_id=program_id, retired_ms=None).order_by("wait_seconds", "key")


def programs_that_offer() -> QuerySet[Program]:
    offering = Protocol._base_manager.filter(retired_ms=None).values("program_id")
    return Program.objects.filter(pk__in=offering).order_by("name")


def word_digest(word: str, *, program_id: int) -> bytes:
    """Keyed: somebody with the database alone can't try all words."""
    return keyed_digest("check-in word", word, program_id=program_id)


def check_in_with(word: str, *, program_id: int) -> CheckIn | None:
    """The program's check-in that was given this word. None for one that nobody was given."""
    rows = CheckIn._base_manager.select_related("protocol", "program")
    found: CheckIn | None = rows.filter(
        program_id=program_id, word_digest=word_digest(word, program_id=program_id)
    ).first()
    return found


def why_not_covered(program: Program, *, until_ms: int) -> str:
    """The word for what is missing (see alarms.queries.Cover), "too_long", "keys", or nothing: covered."""
    cover = cover_of(program.pk)
    if not cover.is_given:
        return cover.missing
    if cover.until_ms < until_ms + SPARE_MS:
        return "too_long"
    return "" if free_keys() else "keys"


def free_keys() -> list[PlanKey]:
    """One of each computer whose runner lives, the newest first: any of them can open the plan."""
    now_ms = DjangoStore().now_ms()
    rows = DjangoStore().rows("SELECT name FROM alarms_beat WHERE part = 'runner' AND at_ms > %s", [now_ms - SILENT_MS])
    hosts = {name.partition("@")[2].rpartition("/")[0] for (name,) in rows}
    free = PlanKey.objects.filter(taken_ms=None, ended_ms=None)
    found = (free.filter(host=host).order_by("id").first() for host in sorted(hosts))
    return [key for key in found if key is not None]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a check-in stands, read from the tables after the commit: this is the receipt."""

    check_in: CheckIn
    now_ms: int
    alarm_ms: int
    """When people are told; 0 if there is no alarm, which must never be."""
    state: str
    """running, due, raised, ok, late_ok, ended."""
    incident: Incident | None
    events: list[PlanEvent]
    keys_left: int

    @property
    def can_refuse(self) -> bool:
        return self.state == "raised" and self.check_in.released_ms is None and self.check_in.declined_ms is None


def standing_of(check_in: CheckIn) -> Standing:
    alarm = Alarm._base_manager.filter(kind=KIND, subject=check_in.pk).first()
    incident = Incident._base_manager.filter(kind=KIND, subject=check_in.pk).select_related("owner").first()
    now_ms = DjangoStore().now_ms()
    return Standing(
        check_in=check_in,
        now_ms=now_ms,
        alarm_ms=alarm.due_ms if alarm else 0,
        state=_state(check_in, incident, now_ms),
        incident=incident,
        events=list(PlanEvent._base_manager.filter(check_in=check_in).select_related("by").order_by("at_ms", "pk")),
        keys_left=PlanKey.objects.filter(check_in=check_in.pk, ended_ms=None).count(),
    )


def _state(check_in: CheckIn, incident: Incident | None, now_ms: int) -> str:
    if incident is not None:
        if incident.closed_ms:
            return "ended"
        return "late_ok" if incident.late_ok_ms else "raised"
    if check_in.ended_ms:
        return "ok"
    return "due" if now_ms >= check_in.due_ms else "running"


def is_over(check_in: CheckIn) -> bool:
    """Nobody waits for an answer to it any more."""
    return standing_of(check_in).state in {"ok", "late_ok", "ended"}


def running_check_ins(program_id: int) -> QuerySet[CheckIn]:
    rows = CheckIn._base_manager.filter(program_id=program_id, ended_ms=None, is_canary=False)
    return rows.select_related("protocol").order_by("due_ms")
