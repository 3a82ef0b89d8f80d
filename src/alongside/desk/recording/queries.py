"""Questions about contacts, for the pages that list them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from pydantic import ValidationError

from alongside.encounters.judging import readable
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said
from alongside.kernel.services import Catalogue


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One entry of a contact, in words."""

    title: str
    words: str
    outcome: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A contact as a list shows it."""

    encounter: Encounter
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """`listed` is how many rows the day's list has. Contacts are exact; `uncounted` are entries for many people that
    nobody counted.
    """

    listed: int
    contacts: int
    reached: int
    uncounted: int


def contacts_of(day: date) -> QuerySet[Encounter]:
    """What is on the list of a day: corrections replace what they corrected."""
    return (
        Encounter.objects.filter(day=day, precision=Encounter.Precision.DAY)
        .exclude(state=Encounter.State.CORRECTED)
        .select_related("site", "recorded_by")
        .order_by("-occurred_at")
    )


def tally_of(day: date) -> Tally:
    live = Q(state=Encounter.State.LIVE)
    listed = Q(precision=Encounter.Precision.DAY) & ~Q(state=Encounter.State.CORRECTED)
    sums = Encounter.objects.filter(day=day).aggregate(
        listed=Count("pk", filter=listed),
        contacts=Sum("people", filter=live, default=0),
        reached=Sum("reached", filter=live, default=0),
        uncounted=Count("pk", filter=live & Q(people__isnull=True)),
    )
    return Tally(**sums)


def last_contact_of(user_id: int, *, day: date, site_id: int) -> Encounter | None:
    return (
        Encounter.objects.filter(day=day, site_id=site_id, recorded_by_id=user_id, state=Encounter.State.LIVE)
        .order_by("-received_at")
        .first()
    )


def attempts_open() -> QuerySet[Attempt]:
    """Submissions that need a person. One that was not taken and then entered again, rightly, needs nobody."""
    not_taken = (Attempt.Word.REFUSED, Attempt.Word.HELD)
    entered_after_all = Q(word__in=not_taken) & Exists(Encounter.objects.filter(pk=OuterRef("encounter_id")))
    return Attempt.objects.filter(settled_at=None).exclude(entered_after_all).select_related("by").order_by("-at")


def shown(encounters: Iterable[Encounter], catalogue: Catalogue) -> list[Shown]:
    """Contacts with their entries in words. One query for all their entries."""
    listed = list(encounters)
    entries: dict[UUID, list[Line]] = defaultdict(list)
    for entry in Entry.objects.filter(encounter__in=[each.pk for each in listed]).order_by("pk"):
        entries[entry.encounter_id].append(line_of(entry, catalogue))
    return [Shown(encounter=each, lines=entries[each.pk]) for each in listed]


def line_of(entry: Entry, catalogue: Catalogue) -> Line:
    kind = registry.kinds.get(entry.kind)
    if kind is None:
        return Line(title=entry.kind, words="", outcome=entry.outcome, reason=entry.reason)
    try:
        payload = readable(kind, Said(entry.kind, entry.version, entry.payload))
        words = kind.describe(payload, catalogue)
    except ValidationError:
        words = ""
    return Line(title=str(kind.title), words=words, outcome=entry.outcome, reason=entry.reason)
