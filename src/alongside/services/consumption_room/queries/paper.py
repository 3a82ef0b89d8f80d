"""The room's state for paper: clock times instead of running clocks, and room to write on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.services.consumption_room.models import Room
from alongside.services.consumption_room.queries.board import Board, Card
from alongside.services.consumption_room.rules.chain import short

EMPTY_ROWS = 6


def sheet_of(room: Room) -> dict[str, Any]:
    """Everything that stands on the sheet, as plain text. Times are the program's own."""
    with timezone.override(room.program.timezone):
        board = Board(room)
        return {
            "language": get_language() or "en",
            "title": _("%(room)s: who is here") % {"room": room.site.name},
            "about": [
                [_("As of"), f"{date_format(timezone.localtime(board.at), 'DATE_FORMAT')} {_clock(board.at)}"],
                [_("People in the room"), str(len(board.cards))],
                [_("Last line of the record"), f"{room.last_number}, {short(bytes(room.last_digest))}"],
            ],
            "heads": [_("Place"), _("Called"), _("What and how"), _("Used at"), _("Look at"), _("Notes")],
            "rows": [_row(card) for card in board.cards],
            "empty_rows": EMPTY_ROWS,
            "advice": _(
                "Go on with this sheet if the screen is dark: write each time to the second. When the program runs "
                "again, enter it under “From paper”. Keep the sheet until then, and shred it afterwards."
            ),
        }


def _row(card: Card) -> list[str]:
    place = card.visit.place.name if card.visit.place else _("Waiting")
    emergency = card.state.emergency
    note = _("EMERGENCY since %(time)s") % {"time": _clock(emergency.opened_at)} if emergency else ""
    return [
        place,
        card.visit.handle,
        card.used,
        _clock(card.state.used_at),
        _clock(card.visit.next_look_at),
        note,
    ]


def _clock(moment: datetime | None) -> str:
    return time_format(timezone.localtime(moment), "H:i:s") if moment else ""
