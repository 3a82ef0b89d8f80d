"""Judging what was said, one entry at a time: accepted, held or refused. Writes nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from alongside.encounters.models import Entry
from alongside.encounters.registry import registry
from alongside.encounters.sentences import sentences
from alongside.encounters.submissions import Said, Submission
from alongside.kernel.clock import local_day
from alongside.kernel.errors import Refusal
from alongside.kernel.services import Catalogue, Effects, EntryKind, Placed
from alongside.sites.models import Program

log = logging.getLogger("alongside.encounters")

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
MOST_PEOPLE = 100_000
MOST_ENTRIES = 200


@dataclass(slots=True)
class Judged:
    """An entry with what became of it; `payload` is what was said, at the version it was said in."""

    said: Said
    outcome: str
    reason: str = ""
    effects: Effects = Effects()


def why_not(submission: Submission, *, site_ids: set[int], now: datetime) -> str:
    """A sentence if the contact as a whole can't be taken, else an empty string."""
    if submission.site_id not in site_ids:
        return _("This site is not one of the program's sites in use. Choose another.")
    if submission.occurred_at > now + AHEAD:
        return _("This date is in the future. Check the date.")
    if submission.occurred_at < EARLIEST:
        return _("This date is before the year 2000. Check the date.")
    for people in (submission.people, submission.reached):
        if people is not None and not 0 <= people <= MOST_PEOPLE:
            return _("The number of people must be between 0 and %(most)s.") % {"most": MOST_PEOPLE}
    if submission.people == 0:
        return _("A contact is with at least one person.")
    if len(submission.entries) > MOST_ENTRIES:
        return _("One contact holds at most %(most)s entries. Split it.") % {"most": MOST_ENTRIES}
    return ""


def local_day_of(submission: Submission, zone: str) -> date:
    day = local_day(submission.occurred_at, zone)
    if submission.precision == "y":
        return day.replace(month=1, day=1)
    return day.replace(day=1) if submission.precision == "m" else day


def judge(
    said: Said, submission: Submission, *, program: Program, catalogue: Catalogue, permissions: frozenset[str]
) -> Judged:
    """One entry's outcome. A service's exception holds the entry; it never loses it or blocks its siblings."""
    kind = registry.kinds.get(said.kind)
    if kind is None or not is_known(kind, said):
        return Judged(said, Entry.Outcome.HELD, _("This program does not know this kind of record yet. It is kept."))
    if kind.permission not in permissions:
        return Judged(said, Entry.Outcome.REFUSED, _("Your role can't record this. Ask a coordinator."))
    placed = Placed(
        program_id=program.pk,
        day=local_day_of(submission, program.timezone),
        multiplier=(submission.people or 1) if submission.is_each else 1,
        catalogue=catalogue,
    )
    try:
        return Judged(said, Entry.Outcome.ACCEPTED, "", kind.apply(readable(kind, said), placed))
    except ValidationError as error:
        return Judged(said, Entry.Outcome.REFUSED, " ".join(sentences(error, said.payload).values())[:400])
    except Refusal as refusal:
        return Judged(said, Entry.Outcome.REFUSED, str(refusal)[:400])
    except Exception as error:  # noqa: BLE001 - a service's fault must not lose the record
        log.error("%s could not be applied: %s", said.kind, type(error).__name__)  # noqa: TRY400 - a trace holds values
        return Judged(said, Entry.Outcome.HELD, our_fault())


def our_fault() -> str:
    return _("Something went wrong here. The record is kept and will be tried again.")


def is_known(kind: EntryKind, said: Said) -> bool:
    """False for a version that this program is too old for, or that never was."""
    return 1 <= said.version <= kind.version


def readable(kind: EntryKind, said: Said) -> Any:
    """The payload as the kind's newest model. Raises ValidationError."""
    return kind.payload.model_validate(upgraded(kind, said))


def is_readable(kind: EntryKind, said: Said) -> bool:
    try:
        readable(kind, said)
    except ValidationError:
        return False
    return True


def upgraded(kind: EntryKind, said: Said) -> dict[str, Any]:
    """The payload as the kind's newest form would have sent it."""
    payload = said.payload
    for version in range(said.version, kind.version):
        payload = kind.upgrades[version](payload)
    return payload
