"""What people do with an incident: take it, show that they are on it, give it away, write down how it ended."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.alarms.models import Alarm, Incident
from alongside.alarms.queries import targets_in_use
from alongside.alarms.story import tell_story
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7, uuid_within
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.messaging.alerting.outgoing import ALARM, OTHER, Outgoing, put_out

OWNER_SECONDS = 300
"""An owner who shows no sign for this long loses the incident, and everyone is told again."""
MESSAGE_SECONDS = 3600


def take_incident(incident_id: UUID, *, program_id: int, by_id: int) -> Incident:
    """From now on this person answers for it, and its stages rest. Also how an incident is taken over from somebody.

    Raises Refusal for one that has ended.
    """
    with transaction.atomic():
        incident = _open(incident_id, program_id)
        now_ms = _rest_stages(incident)
        taken = Incident._base_manager.filter(pk=incident.pk)
        taken.update(owner_id=by_id, acknowledged_ms=incident.acknowledged_ms or now_ms)
        is_new = incident.owner_id != by_id
        tell_story(incident.pk, program_id=program_id, action="taken" if is_new else "still_on_it", by_id=by_id)
        if is_new:
            _prove_reached(incident, by_id, now_ms)
    incident.refresh_from_db(from_queryset=Incident._base_manager.all())
    return incident


def _rest_stages(incident: Incident) -> int:
    """The alarm goes on by itself unless its owner is heard of in time. One that is closed stays closed."""
    now_ms = DjangoStore().now_ms()
    unclosed = Alarm._base_manager.filter(pk=incident.pk).exclude(state=Alarm.State.CLOSED)
    unclosed.update(state=Alarm.State.OWNED, next_ms=now_ms + OWNER_SECONDS * 1000)
    return now_ms


def _prove_reached(incident: Incident, by_id: int, now_ms: int) -> None:
    """Somebody answered: the ways by which they were told have been shown to work."""
    mine = Dispatch._base_manager.filter(incident=incident.pk, target__user_id=by_id, accepted_ms__isnull=False)
    Target._base_manager.filter(pk__in=mine.values("target_id")).update(proven_ms=now_ms)


def add_note(incident_id: UUID, note: str, *, program_id: int, by_id: int) -> None:
    """A line in its story; from its owner also a sign of life."""
    with transaction.atomic():
        incident = _open(incident_id, program_id)
        if incident.owner_id == by_id:
            _rest_stages(incident)
        tell_story(incident.pk, program_id=program_id, action="note", by_id=by_id, note=note[:300])


def ask_to_take_over(incident_id: UUID, to_id: int, *, program_id: int, by_id: int) -> None:
    """Tell a colleague. The incident stays with its owner until the colleague has taken it."""
    with transaction.atomic():
        incident = _open(incident_id, program_id)
        tell_story(incident.pk, program_id=program_id, action="offered", by_id=by_id, note=str(to_id))
        words = _("You are asked to take over. %(words)s") % {"words": incident.words}
        reached = targets_in_use(program_id).filter(user_id=to_id)
        if not reached:
            raise Refusal(_("No phone or mailbox of theirs is set up. Ask somebody else, or ring them."))
        tell_targets(list(reached), words=words, incident_id=incident.pk, program_id=program_id, urgency=ALARM)


def end_incident(incident_id: UUID, outcome: str, *, program_id: int, by_id: int, note: str = "") -> None:
    """Write down how it ended. From then on nobody is told any more."""
    if outcome not in Incident.Outcome.values:
        raise Refusal(_("Choose how it ended."))
    with transaction.atomic():
        incident = _open(incident_id, program_id)
        now_ms = DjangoStore().now_ms()
        Alarm._base_manager.filter(pk=incident.pk).update(state=Alarm.State.CLOSED, next_ms=None, closed_ms=now_ms)
        Incident._base_manager.filter(pk=incident.pk).update(closed_ms=now_ms, outcome=outcome)
        tell_story(incident.pk, program_id=program_id, action=f"ended_{outcome}", by_id=by_id, note=note[:300])


def tell_targets(
    targets: list[Target], *, words: str, incident_id: UUID | None, program_id: int, urgency: int = OTHER
) -> None:
    """One message to each, in the caller's transaction."""
    store = DjangoStore()
    now_ms, occasion = store.now_ms(), uuid7()
    put_out(
        store,
        [
            Outgoing(
                id=uuid_within(occasion, target.pk.hex),
                program_id=program_id,
                incident=incident_id,
                target_id=target.pk,
                channel=target.channel,
                lane=target.lane,
                words=words[:300],
                urgency=urgency,
                made_ms=now_ms,
                expires_ms=now_ms + MESSAGE_SECONDS * 1000,
            )
            for target in targets
        ],
    )


def _open(incident_id: UUID, program_id: int) -> Incident:
    """Locked behind its alarm, as the runner does it, so that they never wait for each other in a circle."""
    Alarm._base_manager.select_for_update().filter(pk=incident_id).first()
    rows = Incident._base_manager.select_for_update()
    incident: Incident | None = rows.filter(pk=incident_id, program_id=program_id).first()
    if incident is None or incident.closed_ms is not None:
        raise Refusal(_("This incident has ended already."))
    return incident
