"""Emergencies, step by step and to the second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions.book import Book, Hand, open_book
from alongside.services.consumption_room.actions.settling import settle
from alongside.services.consumption_room.actions.visits import here
from alongside.services.consumption_room.models import RecordLine, Visit
from alongside.services.consumption_room.queries.reading import state_of
from alongside.services.consumption_room.rules.lines import STEPS, Kind, Line
from alongside.services.consumption_room.rules.state import EmergencyState, VisitState
from alongside.sites.stopped import again_if_stopped


@again_if_stopped
def begin(visit: Visit, *, hand: Hand) -> UUID:
    """An emergency begins. Where one is open already, two people saw the same: it is that one."""
    with open_book(visit.room, hand) as book:
        state = here(visit, book, may_have_left=hand.at is not None)
        if state.emergency:
            return state.emergency.id
        if book.is_repeat:
            return state.emergencies[-1].id
        if state.left_at:
            raise Refusal(_("This person has left. Take back that they left first."))
        emergency_id = uuid7()
        book.write(Kind.EMERGENCY, visit_id=visit.pk, emergency_id=emergency_id)
        settle(book, visit)
    return emergency_id


@again_if_stopped
def step(visit: Visit, emergency_id: UUID, *, kind: Kind, value: Mapping[str, Any], hand: Hand) -> None:
    """Something was done or seen. An outcome ends the emergency, and oxygen that still runs with it."""
    assert kind in STEPS  # noqa: S101 - the form offers only these
    with open_book(visit.room, hand) as book:
        if book.is_repeat:
            return
        emergency = _emergency(here(visit, book, may_have_left=True), emergency_id)
        if book.happened_at < emergency.opened_at:
            raise Refusal(_("This is before the emergency began. Check the time."))
        if kind == Kind.OUTCOME:
            _close(book, visit, emergency, value)
        else:
            book.write(kind, value, visit_id=visit.pk, emergency_id=emergency_id)
        settle(book, visit)


def _emergency(state: VisitState, emergency_id: UUID) -> EmergencyState:
    found = next((each for each in state.emergencies if each.id == emergency_id), None)
    if found is None:
        raise Refusal(_("This emergency is not part of this visit."))
    return found


def _close(book: Book, visit: Visit, emergency: EmergencyState, value: Mapping[str, Any]) -> None:
    if not emergency.is_open:
        raise Refusal(_("Somebody wrote down how it ended already. Correct that line if it is wrong."))
    book.write(Kind.OUTCOME, value, visit_id=visit.pk, emergency_id=emergency.id)
    if emergency.oxygen_on:
        book.write(Kind.OXYGEN_OFF, visit_id=visit.pk, emergency_id=emergency.id)


@again_if_stopped
def correct(visit: Visit, number: int, *, value: Mapping[str, Any] | None, hand: Hand) -> None:
    """Put a new line in the place of one that was wrong, or with no value take it back. Both lines stay to be read.

    `hand.at` is when it truly happened.
    """
    with open_book(visit.room, hand) as book:
        if book.is_repeat:
            return
        wrong = _standing(visit, number)
        kind = Kind(wrong.kind) if value is not None else Kind.WITHDRAWN
        at = hand.at or wrong.happened_at
        book.write(
            kind,
            value,
            visit_id=visit.pk,
            emergency_id=wrong.emergency_id,
            corrects=wrong.number,
            happened_at=at,
        )
        visit.refresh_from_db()
        _refuse_nonsense(visit)
        settle(book, visit)


def _standing(visit: Visit, number: int) -> Line:
    row = RecordLine.objects.filter(visit_id=visit.pk, number=number).first()
    if row is None or row.kind == Kind.WITHDRAWN:
        raise Refusal(_("This line is not part of this visit, or was taken back already."))
    if RecordLine.objects.filter(room=visit.room, corrects=number).exists():
        raise Refusal(_("Somebody corrected this line already. Correct the newer one."))
    if row.kind == Kind.EMERGENCY:
        raise Refusal(_("An emergency is not taken back. Write “No emergency after all” as how it ended."))
    return row.plain()


def _refuse_nonsense(visit: Visit) -> None:
    """A correction may not leave an open emergency with somebody who left, nor anything before they came."""
    state = state_of(visit)
    if state is None:
        if RecordLine.objects.filter(visit_id=visit.pk, kind=Kind.EMERGENCY).exists():
            raise Refusal(_("There was an emergency at this visit, so the arrival stays. Correct its time instead."))
        return
    if state.left_at and state.emergency:
        raise Refusal(_("This person has left, so the emergency can't be open again. Correct how it ended instead."))
    if any(line.happened_at < state.arrived_at for line in state.lines):
        raise Refusal(_("This is before the person arrived. Check the time."))
    if state.left_at and state.lines[-1].happened_at > state.left_at:
        raise Refusal(_("Something would have happened after they left. Check the time."))
