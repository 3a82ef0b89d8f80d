"""Questions about deadlines, incidents and who answers them. Read inside or outside a program's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from alongside.alarms.beats import silent_parts
from alongside.alarms.models import Alarm, Duty, Finding, Incident, IncidentEvent
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.models import Channel, Dispatch, Target

CANARY = "alarms.canary"
"""The kind of made-up alarms (see alarms.canary), which people are not shown."""
PROOF_MS = 12 * 3600 * 1000
"""For so long somebody on duty counts as reachable after they answered a check."""
WAY_PROOF_MS = 30 * 24 * 3600 * 1000
"""For so long a way counts after somebody answered a message that came by it."""
SOUNDER_SILENT_MS = 10_000


def open_incidents(program_id: int, *, site_id: int | None = None) -> QuerySet[Incident]:
    """Oldest first. With a site: its own, and those of no site."""
    rows = Incident._base_manager.filter(program_id=program_id, closed_ms=None).exclude(kind=CANARY)
    found = rows.order_by("raised_ms")
    return found if site_id is None else found.filter(Q(site_id=site_id) | Q(site_id=None))


def incident_of(subject: UUID, *, kind: str) -> Incident | None:
    found: Incident | None = Incident._base_manager.filter(kind=kind, subject=subject).first()
    return found


def deadlines(kind: str, subjects: Collection[UUID]) -> dict[UUID, int]:
    """Of those that are set and not raised yet."""
    waiting = Alarm._base_manager.filter(kind=kind, subject__in=subjects, state=Alarm.State.WAITING)
    return dict(waiting.values_list("subject", "due_ms"))


def story_of(incident: Incident) -> QuerySet[IncidentEvent]:
    return IncidentEvent._base_manager.filter(incident=incident).select_related("by").order_by("at_ms", "pk")


def messages_of(incident: Incident) -> QuerySet[Dispatch]:
    return Dispatch._base_manager.filter(incident=incident.pk).select_related("target").order_by("made_ms", "pk")


def open_findings() -> QuerySet[Finding]:
    return Finding.objects.filter(ended_ms=None).order_by("since_ms")


def is_demonstration(program_id: int) -> bool:
    """Whether people on duty are "reached" by the channel that sends nothing, as in the demo program."""
    rows = Target._base_manager.filter(program_id=program_id, channel=Channel.CANARY, ended_ms=None)
    return rows.exclude(user=None).exists()


def targets_in_use(program_id: int) -> QuerySet[Target]:
    rows = Target._base_manager.filter(program_id=program_id, ended_ms=None)
    rows = rows.exclude(channel=Channel.CANARY, user=None)  # a demo program's people have no other channel
    return rows.order_by("name", "pk")


def people_on_duty(program_id: int) -> QuerySet[Duty]:
    now_ms = DjangoStore().now_ms()
    duties = Duty._base_manager.filter(program_id=program_id, ended_ms=None, until_ms__gt=now_ms)
    return duties.select_related("user").order_by("started_ms")


def living_sounders(program_id: int, *, site_id: int | None = None) -> QuerySet[Target]:
    """Screens that asked within the last seconds: those of the site, or of any site."""
    now_ms = DjangoStore().now_ms()
    sounders = targets_in_use(program_id).filter(channel=Channel.SOUNDER, proven_ms__gt=now_ms - SOUNDER_SILENT_MS)
    return sounders if site_id is None else sounders.filter(site_id=site_id)


@dataclass(frozen=True, kw_only=True)
class Cover:
    """Whether an alarm would reach a person now, and if not, why."""

    until_ms: int
    """Until when somebody has said to answer; 0 without cover."""
    missing: str
    """"" or one of: service, nobody, unproven, unreachable, one_way."""

    @property
    def is_given(self) -> bool:
        return not self.missing


def cover_of(program_id: int) -> Cover:
    """Told from what was shown to work, never from what is set up."""
    store = DjangoStore()
    if silent_parts(store) or _is_broken():
        return Cover(until_ms=0, missing="service")
    duties = list(people_on_duty(program_id))
    if not duties:
        return Cover(until_ms=0, missing="nobody")
    now_ms = store.now_ms()
    proven = [duty for duty in duties if duty.proven_ms and duty.proven_ms > now_ms - PROOF_MS]
    if not proven:
        return Cover(until_ms=0, missing="unproven")
    return _cover_by(program_id, proven)


def _is_broken() -> bool:
    return Finding.objects.filter(ended_ms=None, what__in=("unclaimed", "no_incident", "told_nobody")).exists()


def _ways_shown_to_work(program_id: int) -> list[Target]:
    since_ms = DjangoStore().now_ms() - WAY_PROOF_MS
    return list(targets_in_use(program_id).filter(failed_ms=None, proven_ms__gt=since_ms))


def _cover_by(program_id: int, duties: list[Duty]) -> Cover:
    """At least one of them can be reached, and the last stage has two people or two channels, or a sounder.

    A way that nobody has answered for a month is none: numbers change, and phones are put away.
    """
    alive = _ways_shown_to_work(program_id)
    of_person = {target.user_id for target in alive}
    reachable = [duty for duty in duties if duty.user_id in of_person]
    if not reachable:
        return Cover(until_ms=0, missing="unreachable")
    ways = {(target.user_id, target.channel) for target in alive if target.channel != Channel.SOUNDER}
    if len(ways) < 2 and not living_sounders(program_id).exists():
        return Cover(until_ms=0, missing="one_way")
    return Cover(until_ms=max(duty.until_ms for duty in reachable), missing="")
