"""What follows from new lines of a visit: its row on the board, the stock, and the contact in the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Sum

from alongside.encounters.doors import sender_of
from alongside.encounters.ingest import ingest
from alongside.encounters.models import Encounter
from alongside.encounters.submissions import Said, Submission, Word
from alongside.kernel.clock import local_day
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions.alarming import settle_alarm
from alongside.services.consumption_room.actions.book import Book
from alongside.services.consumption_room.models import Place, Visit
from alongside.services.consumption_room.queries.reading import MASK, OXYGEN, current_protocol, lines_of
from alongside.services.consumption_room.rules.state import EmergencyState, VisitState, units_for, visit_of
from alongside.services.consumption_room.rules.visit import KIND, payload_of
from alongside.supplies.handing_out import Wanted, hand_out, put_back
from alongside.supplies.models import Item, StockMove

DOOR = "room"


def settle(book: Book, visit: Visit) -> VisitState | None:
    """Work out the visit anew from all its lines, and make everything else agree with it."""
    state = visit_of(lines_of([visit.pk]))
    _settle_row(book, visit, state)
    for emergency in state.emergencies if state else ():
        _settle_stock(book, emergency)
    if visit.left_at is not None:
        _settle_contact(book, visit, state)
    return state


def _settle_row(book: Book, visit: Visit, state: VisitState | None) -> None:
    """Without an arrival nobody was ever here."""
    before = visit.next_look_at
    visit.left_at = state.left_at if state else book.entered_at
    if state:
        visit.arrived_at = state.arrived_at
        visit.next_look_at = state.next_look(current_protocol())
        visit.open_emergencies = sum(each.is_open for each in state.emergencies)
        visit.place = _place(book, state)
    else:
        visit.next_look_at = visit.place = None
    settle_alarm(book, visit, before=before)
    participant = visit.participant
    if visit.left_at is not None:
        visit.participant = None
    visit.save()
    visit.participant = participant


def _place(book: Book, state: VisitState) -> Place | None:
    return Place.objects.filter(room=book.room, name=state.place).first() if state.place else None


def _settle_stock(book: Book, emergency: EmergencyState) -> None:
    """Take off the shelf what the emergency has used and the books do not know yet; give back what a correction frees.

    What is not in the catalogue any more can't be taken off, and holds nobody up.
    """
    wanted = _units(emergency)
    already = _out(emergency.id)
    if wanted == already:
        return
    if any(wanted[item] < units for item, units in already.items()):
        put_back([emergency.id], program_id=book.program_id, by_id=book.by_id, at=book.entered_at)
        already = Counter()
    moves = [
        Wanted(
            source=emergency.id,
            site_id=book.room.site_id,
            item_id=item,
            quantity=units - already[item],
            by_id=book.by_id,
        )
        for item, units in sorted(wanted.items())
        if units > already[item]
    ]
    program = book.hand.member.program
    day = local_day(book.entered_at, program.timezone)
    hand_out(moves, program_id=program.pk, at=book.entered_at, today=day)


def _units(emergency: EmergencyState) -> Counter[int]:
    """Units by item id."""
    used: Mapping[str, int] = {**emergency.doses, OXYGEN: emergency.litres, MASK: emergency.masks}
    items = {item.key: item for item in Item.objects.filter(key__in=used)}
    found = {
        items[key].pk: units_for(quantity, doses_per_unit=items[key].doses)
        for key, quantity in used.items()
        if key in items and quantity
    }
    return Counter(found)


def _out(emergency_id: UUID) -> Counter[int]:
    rows = StockMove.objects.filter(source=emergency_id).values("item_id").annotate(units=Sum("quantity"))
    return Counter({row["item_id"]: -row["units"] for row in rows if row["units"]})


def _settle_contact(book: Book, visit: Visit, state: VisitState | None) -> None:
    """One contact in the ledger for a visit that has ended, so that reports count it. Corrections correct it."""
    if state is None:
        return
    contact = Encounter.objects.filter(pk=visit.contact_id).first() if visit.contact_id else None
    said = Submission(
        id=uuid7() if contact else visit.pk,
        site_id=book.room.site_id,
        occurred_at=state.arrived_at,
        participant_id=contact.participant_id if contact else visit.participant_id,
        corrects=contact.pk if contact else None,
        entries=(Said(KIND, 1, payload_of(state)),),
    )
    [receipt] = ingest([said], sender=sender_of(book.hand.member, door=DOOR))
    if receipt.word in {Word.ACCEPTED, Word.HELD}:
        visit.contact_id = said.id
        Visit.objects.filter(pk=visit.pk).update(contact_id=said.id)
