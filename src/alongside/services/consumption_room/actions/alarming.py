"""A look that is due is a deadline of the alarms core: if nobody looks, people are told, whatever any browser shows."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from alongside.alarms.actions import Closed, close_alarm, set_alarm
from alongside.alarms.incidents import end_incident
from alongside.alarms.models import Incident
from alongside.alarms.plans import stages_for
from alongside.alarms.queries import incident_of
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions.book import Book
from alongside.services.consumption_room.models import Visit

KIND = "consumption_room.observation"


def settle_alarm(book: Book, visit: Visit, *, before: datetime | None) -> None:
    """Each look has a deadline of its own, so that a late one can be told about without stopping the next."""
    if visit.next_look_at == before:
        return
    if visit.look_alarm:
        _end(book, visit)
    visit.look_alarm = _set(book, visit) if visit.next_look_at else None


def _set(book: Book, visit: Visit) -> UUID | None:
    """Nothing where nobody is set up to be told: the board says so."""
    stages = stages_for(book.program_id, book.room.site_id)
    if not stages or visit.next_look_at is None:
        return None
    subject = uuid7()
    set_alarm(
        subject,
        kind=KIND,
        program_id=book.program_id,
        site_id=book.room.site_id,
        in_seconds=max(0.0, (visit.next_look_at - book.entered_at).total_seconds()),
        stages=stages,
        words=_words(book, visit),
    )
    return subject


def _words(book: Book, visit: Visit) -> str:
    """No handle and no substance: it may go out by text message."""
    with translation.override(book.hand.member.program.language):
        where = {"room": book.room.site.name, "place": visit.place.name if visit.place else _("Waiting")}
        return _("%(room)s, %(place)s: a look is overdue. Look now.") % where


def _end(book: Book, visit: Visit) -> None:
    """Somebody is there. If people were told already, the incident ends; the record says the rest."""
    assert visit.look_alarm  # noqa: S101 - asked for by the caller
    by_id = book.by_id
    closed = close_alarm(visit.look_alarm, kind=KIND, program_id=book.program_id, by_id=by_id)
    incident = incident_of(visit.look_alarm, kind=KIND) if closed == Closed.LATE else None
    if incident is None:
        return
    outcome = Incident.Outcome.OTHER if visit.open_emergencies else Incident.Outcome.OK
    with suppress(Refusal):  # somebody ended it at the responders' desk a moment ago
        end_incident(incident.pk, outcome, program_id=book.program_id, by_id=by_id)
