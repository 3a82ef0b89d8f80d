"""Arriving, moving, using, being looked after, leaving."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from uuid import UUID

from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions.book import Book, Hand, open_book
from alongside.services.consumption_room.actions.settling import settle
from alongside.services.consumption_room.models import Place, RecordLine, Room, Visit
from alongside.services.consumption_room.queries.reading import current_protocol, state_of
from alongside.services.consumption_room.rules.handles import handle
from alongside.services.consumption_room.rules.lines import Kind
from alongside.services.consumption_room.rules.state import VisitState
from alongside.sites.stopped import again_if_stopped


@cache
def _words(language: str) -> Sequence[str]:
    text = files("alongside.services.consumption_room").joinpath("data/words.toml").read_text(encoding="utf-8")
    lists: dict[str, list[str]] = tomllib.loads(text)
    return lists.get(language[:2], lists["en"])


@again_if_stopped
def arrive(room: Room, *, place: Place | None, participant_id: UUID | None, hand: Hand) -> Visit:
    """Somebody comes in. Raises Refusal if the place is taken. Sent twice, it is the same visit."""
    with open_book(room, hand) as book:
        if book.is_repeat:
            return _visit_of(hand.source)
        refuse_without_protocol()
        _refuse_taken(place)
        visit = Visit(
            id=uuid7(),
            program_id=book.program_id,
            room=book.room,
            place=place,
            handle=_new_handle(book),
            participant_id=participant_id,
            arrived_at=book.happened_at,
        )
        visit.save(force_insert=True)
        value = {"handle": visit.handle, "place": place.name if place else ""}
        book.write(Kind.ARRIVED, value, visit_id=visit.pk)
        settle(book, visit)
    return visit


def _visit_of(source: UUID | None) -> Visit:
    lines = RecordLine.objects.filter(source=source).values("visit_id")
    found: Visit = Visit.objects.get(pk__in=lines)
    return found


def refuse_without_protocol() -> None:
    if current_protocol() is None:
        raise Refusal(_("Nobody has confirmed this program's minutes of observation yet. A coordinator does it once."))


def _new_handle(book: Book) -> str:
    taken = Visit.objects.filter(room=book.room, left_at=None).values_list("handle", flat=True)
    return handle(_words(book.hand.member.program.language), taken=set(taken), choose=secrets.choice)


def _refuse_taken(place: Place | None) -> None:
    if place and Visit.objects.filter(place=place, left_at=None).exists():
        raise Refusal(_("Somebody is at “%(place)s” already. Choose another place.") % {"place": place.name})


@again_if_stopped
def move(visit: Visit, *, place: Place | None, hand: Hand) -> None:
    with open_book(visit.room, hand) as book:
        if book.is_repeat or visit.place == place:
            return
        here(visit, book)
        _refuse_taken(place)
        book.write(Kind.MOVED, {"place": place.name if place else ""}, visit_id=visit.pk)
        settle(book, visit)


@again_if_stopped
def use(visit: Visit, *, substances: Sequence[str], route: str, hand: Hand) -> None:
    """Somebody uses now, for the first time or again: their clock starts."""
    with open_book(visit.room, hand) as book:
        if book.is_repeat:
            return
        here(visit, book)
        book.write(Kind.USING, {"substances": list(substances), "route": route}, visit_id=visit.pk)
        settle(book, visit)


@again_if_stopped
def look(visit: Visit, *, state: str, hand: Hand) -> None:
    """Somebody looked: the next look is due by the minutes of observation."""
    with open_book(visit.room, hand) as book:
        if book.is_repeat:
            return
        here(visit, book)
        book.write(Kind.LOOKED, {"state": state}, visit_id=visit.pk)
        settle(book, visit)


@again_if_stopped
def leave(visit: Visit, *, hand: Hand) -> None:
    """Raises Refusal while an emergency of theirs has no outcome."""
    with open_book(visit.room, hand) as book:
        if book.is_repeat:
            return
        state = here(visit, book)
        if state.emergency:
            raise Refusal(_("An emergency is open here. Write how it ended first; then the visit can end."))
        if book.happened_at < state.lines[-1].happened_at:
            raise Refusal(_("Something was written down for a later time. Check when they left."))
        book.write(Kind.LEFT, visit_id=visit.pk)
        settle(book, visit)


def here(visit: Visit, book: Book, *, may_have_left: bool = False) -> VisitState:
    """The visit as it stands now that the book is held. Raises Refusal if it is over, or before they came."""
    visit.refresh_from_db()
    state = state_of(visit)
    if state is None or (visit.left_at is not None and not may_have_left):
        raise Refusal(_("This visit is over. Somebody may have ended it a moment ago."))
    if book.happened_at < state.arrived_at:
        raise Refusal(_("This is before the person arrived. Check the time."))
    return state
