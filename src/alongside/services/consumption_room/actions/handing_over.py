"""From one shift to the next: whoever is in the room is handed over from person to person, and both say so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.services.consumption_room.actions.book import Book, Hand, open_book
from alongside.services.consumption_room.models import Room, Visit
from alongside.services.consumption_room.queries.reading import people_in, standing_offer
from alongside.services.consumption_room.rules.lines import Kind
from alongside.sites.models import Program, Shift
from alongside.sites.shifts import end_shift, start_shift
from alongside.sites.stopped import again_if_stopped


def mark_of(people: Sequence[Visit]) -> str:
    """Who is in the room and who of them needs help: changes when somebody has to be looked at anew."""
    said = sorted(f"{each.pk}:{each.open_emergencies}" for each in people)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


@again_if_stopped
def offer(room: Room, *, hand: Hand) -> None:
    """Say that one wants to go. Until somebody takes over, nothing has changed."""
    with open_book(room, hand) as book:
        if not book.is_repeat:
            book.write(Kind.OFFERED, _counted(people_in(room)))


@again_if_stopped
def keep(room: Room, *, hand: Hand) -> None:
    """Whoever offered the room stays after all."""
    with open_book(room, hand) as book:
        if not book.is_repeat and standing_offer(room):
            book.write(Kind.KEPT)


@again_if_stopped
def take_over(room: Room, *, mark: str, hand: Hand) -> None:
    """Take the room over from whoever offered it: their shift ends and a new one begins, together.

    Raises Refusal if nobody offered, if one would take over from oneself, or if the room is no longer as it was shown.
    """
    with open_book(room, hand) as book:
        if book.is_repeat:
            return
        offered = standing_offer(room)
        people = people_in(room)
        if offered is None:
            raise Refusal(_("Nobody offers the room now. Somebody else may have taken it over."))
        if offered.by_id == book.by_id:
            raise Refusal(_("You offered the room yourself. Somebody else has to take it over."))
        if mark != mark_of(people):
            raise Refusal(_("The room has changed since this page was shown. Look at it again, then take over."))
        book.write(Kind.TAKEN, _counted(people) | {"from": offered.number})
        _change_shifts(book)


def _counted(people: Sequence[Visit]) -> dict[str, int]:
    return {"people": len(people), "emergencies": sum(each.open_emergencies for each in people)}


def _change_shifts(book: Book) -> None:
    program: Program = book.hand.member.program
    site = book.room.site
    for shift in Shift.objects.filter(site=site, ended_at=None):
        end_shift(shift, program=program, by_id=book.by_id)
    start_shift(site, workers=[book.by_id], note="", program=program, by_id=book.by_id)


def why_shift_goes_on(site_id: int) -> str:
    """Why a shift at this site can't end now; nothing if it can. Called in the transaction that would end it."""
    room = Room.objects.select_for_update(no_key=True).filter(site_id=site_id).first()
    people = people_in(room) if room else []
    if any(each.open_emergencies for each in people):
        return _("An emergency is open in the room. Write how it ended, or hand the room over.")
    return _("There are people in the room. Hand the room over to somebody first.") if people else ""
