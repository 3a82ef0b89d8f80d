"""How many contacts and people a combination of stored facts singles out: k-anonymity, over the newest contacts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alongside.encounters.models import Encounter, Entry
from alongside.encounters.registry import registry
from alongside.kernel.services import EntryKind
from alongside.sites.models import Program

NEWEST = 50_000


@dataclass(frozen=True, slots=True)
class _Contact:
    day: date
    site_id: int
    at: datetime
    reached: int | None
    participant_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class Combination:
    """What somebody would have to know, and what it leads to. `k` is the smallest group."""

    words: str
    of: int
    singled_out: int
    k: int

    @property
    def percent(self) -> float:
        return 100 * self.singled_out / self.of if self.of else 0


@dataclass(frozen=True, kw_only=True)
class SingledOut:
    """Combinations over contacts since a day."""

    since: date | None
    contacts: Sequence[Combination]
    people: Sequence[Combination]
    details: Sequence[Combination]


def singled_out(program: Program) -> SingledOut:
    """In the program's scope. Two questions for rows, however many contacts there are."""
    contacts = _newest()
    return SingledOut(
        since=min((each.day for each in contacts), default=None),
        contacts=_of_contacts(contacts, ZoneInfo(program.timezone)),
        people=_of_people(contacts),
        details=[each for each in map(_of_kind, registry.kinds.values()) if each],
    )


def _newest() -> list[_Contact]:
    rows = Encounter.objects.filter(state=Encounter.State.LIVE, precision=Encounter.Precision.DAY).order_by("-day")
    columns = ("day", "site_id", "occurred_at", "reached", "participant_id")
    return [_Contact(*row) for row in rows.values_list(*columns)[:NEWEST]]


def _of_contacts(contacts: Sequence[_Contact], zone: ZoneInfo) -> list[Combination]:
    ways: dict[str, Callable[[_Contact], Hashable]] = {
        _("Day and place"): lambda each: (each.day, each.site_id),
        _("Day, place and hour"): lambda each: (each.day, each.site_id, each.at.astimezone(zone).hour),
        _("Day, place and how many others they collect for"): lambda each: (each.day, each.site_id, each.reached),
    }
    return [_counted(words, [key(each) for each in contacts]) for words, key in ways.items()]


def _of_people(contacts: Sequence[_Contact]) -> list[Combination]:
    """People with a code, each counted once."""
    by_person: dict[UUID, set[tuple[date, int]]] = defaultdict(set)
    for each in contacts:
        if each.participant_id:
            by_person[each.participant_id].add((each.day, each.site_id))
    here = Counter(visit for visits in by_person.values() for visit in visits)
    alone = sum(any(here[visit] == 1 for visit in visits) for visits in by_person.values())
    least = min(here.values(), default=0)
    words = _("One day and place at which nobody else gave a code")
    return [
        Combination(words=words, of=len(by_person), singled_out=alone, k=least),
        _counted(_("All days and places they came to"), [frozenset(visits) for visits in by_person.values()]),
        _counted(_("How many times they came"), [len(visits) for visits in by_person.values()]),
    ]


def _of_kind(kind: EntryKind) -> Combination | None:
    """The answers of a kind that could identify somebody, together; None for a kind that has none."""
    fields = [name for name, question in kind.questions.items() if question.could_identify]
    if not fields:
        return None
    entries = Entry.objects.filter(kind=kind.name, payload__has_any_keys=fields).order_by("-pk")
    said = [_answers(payload, fields) for payload in entries.values_list("payload", flat=True)[:NEWEST]]
    titles = ", ".join(str(kind.questions[name].title) for name in fields)
    return _counted(titles, said)


def _answers(payload: dict[str, Any], fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(payload.get(name, "")) for name in fields)


def _counted(words: str, keys: Sequence[Hashable]) -> Combination:
    groups = Counter(keys)
    alone = sum(size == 1 for size in groups.values())
    return Combination(words=words, of=len(keys), singled_out=alone, k=min(groups.values(), default=0))
