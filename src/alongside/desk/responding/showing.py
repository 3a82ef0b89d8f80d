"""Incidents as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import User
from alongside.alarms.models import IncidentEvent
from alongside.messaging.alerting.models import Dispatch

ACTIONS: dict[str, str | Promise] = {
    "raised": _("No answer came in time. People were told."),
    "told_again": _("People were told again."),
    "owner_silent": _("Whoever had taken it was not heard of. Everyone was told again."),
    "taken": _("Took it"),
    "still_on_it": _("Still on it"),
    "offered": _("Asked a colleague to take over"),
    "note": _("Note"),
    "late_ok": _("The person said that they are OK."),
    "friend_told": _("A friend of theirs is texted, without the place."),
    "released": _("The plan was opened."),
    "declined": _("The person did not want anybody sent."),
    "ended_ok": _("Ended: the person was all right"),
    "ended_overdose": _("Ended: it was an overdose"),
    "ended_other": _("Ended: something else had happened"),
    "ended_unknown": _("Ended: nobody could find out"),
}
MISSING: dict[str, str | Promise] = {
    "service": _("The alarm itself is not running as it should. Ask whoever looks after this computer."),
    "nobody": _("Nobody is on duty."),
    "unproven": _("Nobody on duty has answered their shift check yet."),
    "unreachable": _("Nobody on duty has a phone or mailbox that was shown to work."),
    "one_way": _(
        "Only one way was shown to work within a month. Try a second one out and answer, or open a screen that sounds."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a story."""

    at: datetime
    what: str | Promise
    by: User | None
    note: str


def line_of(event: IncidentEvent) -> Line:
    says = event.note if event.action in {"note"} or event.action.startswith("ended") else ""
    return Line(at=moment(event.at_ms), what=ACTIONS.get(event.action, event.action), by=event.by, note=says)


@dataclass(frozen=True, kw_only=True)
class Told:
    """How far one message got."""

    name: str
    channel: str
    at: datetime
    state: str | Promise


def told_of(message: Dispatch) -> Told:
    name = message.target.name if message.target else str(_("a friend"))
    return Told(name=name, channel=message.get_channel_display(), at=moment(message.made_ms), state=_state(message))


def _state(message: Dispatch) -> str | Promise:
    if message.seen_ms:
        return _("seen")
    if message.delivered_ms:
        return _("delivered")
    if message.accepted_ms:
        return _("accepted, not known to have arrived")
    return _("could not be sent") if message.gave_up_ms else _("on its way")


def moment(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms / 1000, tz=UTC)
