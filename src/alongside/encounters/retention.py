"""Shredding what a program no longer needs: by its rules every day, or at once, each time with a receipt.

Contacts stay counted, with nobody. Each person and each chunk of contacts is shredded in a transaction of its own, so a
round that is interrupted goes on where it stopped: what is gone is not found again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django_scopes import scope

from alongside.encounters.erasure import erase, redact_contacts
from alongside.encounters.models import Attempt, Encounter, Entry, Purge, Retention
from alongside.encounters.registry import registry
from alongside.jobs.pulses import last_beat
from alongside.jobs.queue import enqueue
from alongside.jobs.specs import Work
from alongside.kernel.clock import now, today
from alongside.kernel.exposure import Rule
from alongside.participants.models import Participant
from alongside.sites.audit import record_audit
from alongside.sites.models import Program

JOB = "retention.keep"
PURGE_JOB = "retention.purge"
BACKUP_PULSE = "backup"
CHUNK = 200


@dataclass(frozen=True, kw_only=True)
class Due:
    """How much the rules would shred now."""

    people: int
    details: int
    attempts: int

    @property
    def is_any(self) -> bool:
        return bool(self.people or self.details or self.attempts)


def retention_of(program: Program) -> Retention:
    """Its rules. In the program's scope."""
    rules, _is_new = Retention.objects.get_or_create(program=program)
    return rules


def months_of(rules: Retention) -> dict[Rule, int | None]:
    return {
        Rule.PEOPLE: rules.people_months,
        Rule.DETAILS: rules.details_months,
        Rule.ATTEMPTS: rules.attempts_months,
    }


def change_rules(program: Program, months: dict[Rule, int | None], *, by_id: int) -> None:
    """In the program's scope."""
    retention_of(program)
    with transaction.atomic():
        Retention.objects.filter(program=program).update(**{f"{rule}_months": each for rule, each in months.items()})
        as_text = {str(rule): each for rule, each in months.items()}
        record_audit("retention.changed", program_id=program.pk, by_id=by_id, months=as_text)


def due(program: Program) -> Due:
    before = _cutoffs(program)
    return Due(
        people=len(_people_unseen(before[Rule.PEOPLE])),
        details=_entries_with_details(before[Rule.DETAILS]).count(),
        attempts=_attempts_settled(before[Rule.ATTEMPTS]).count(),
    )


def next_shredding(program: Program) -> dict[str, date | None]:
    """By rule: the day on which the oldest goes, if nobody comes again; None if nothing is to go."""
    oldest = {
        Rule.PEOPLE: min(_last_seen().values(), default=None),
        Rule.DETAILS: _entries_with_details(date.max).aggregate(day=Min("encounter__day"))["day"],
        Rule.ATTEMPTS: Attempt.objects.aggregate(at=Min("settled_at__date"))["at"],
    }
    months = months_of(retention_of(program))
    return {
        str(rule): months_before(day, -after) if day and (after := months[rule]) is not None else None
        for rule, day in oldest.items()
    }


def ask_for_purge(program: Program, *, by_id: int) -> Purge:
    """Shred by the rules as soon as the runner gets to it; the receipt is there at once, and filled in then."""
    with transaction.atomic():
        receipt = _begin(program, by_id=by_id)
        record_audit("retention.purge_asked", program_id=program.pk, by_id=by_id, target=str(receipt.pk))
        enqueue(PURGE_JOB, {"program": program.pk, "purge": receipt.pk})
    return receipt


def do_purge(work: Work) -> None:
    """The job for one purge. Run again after a crash, it adds to what the receipt says already."""
    program = Program.objects.get(pk=work.payload["program"])
    with scope(program=program):
        receipt = Purge.objects.get(pk=work.payload["purge"])
        if receipt.done_at is None:
            _shred(receipt, program)


def keep_rules(_work: Work) -> None:
    """The daily job: a receipt is written where there was something to shred."""
    for program in Program.objects.all():
        with scope(program=program):
            if due(program).is_any:
                _shred(_begin(program, by_id=None), program)


def _begin(program: Program, *, by_id: int | None) -> Purge:
    rules = {str(rule): months for rule, months in months_of(retention_of(program)).items()}
    receipt: Purge = Purge.objects.create(
        program=program, at=now(), by_id=by_id, rules=rules, backup_at=last_beat(BACKUP_PULSE)
    )
    return receipt


def _shred(receipt: Purge, program: Program) -> None:
    before = _cutoffs(program)
    for pk in _people_unseen(before[Rule.PEOPLE]):
        with transaction.atomic():
            erased = erase(Participant.objects.get(pk=pk), program=program, by_id=receipt.by_id)
            receipt.people += 1
            receipt.contacts += erased.contacts
            receipt.save(update_fields=["people", "contacts"])
    for ids in _chunks(before[Rule.DETAILS]):
        with transaction.atomic():
            contacts = list(Encounter.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
            receipt.details += redact_contacts(contacts, program=program, by_id=receipt.by_id)
            receipt.save(update_fields=["details"])
    with transaction.atomic():
        receipt.attempts += _attempts_settled(before[Rule.ATTEMPTS]).delete()[0]
        receipt.done_at = now()
        receipt.save(update_fields=["attempts", "done_at"])
        counts = {name: getattr(receipt, name) for name in ("people", "contacts", "details", "attempts")}
        record_audit("retention.purged", program_id=program.pk, by_id=receipt.by_id, target=str(receipt.pk), **counts)


def _cutoffs(program: Program) -> dict[Rule, date | None]:
    day, rules = today(program.timezone), months_of(retention_of(program))
    return {rule: None if months is None else months_before(day, months) for rule, months in rules.items()}


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or later for a negative number; where there is none such, the 1st of the
    month after."""
    number = day.year * 12 + day.month - 1 - months
    try:
        return day.replace(year=number // 12, month=number % 12 + 1)
    except ValueError:
        return date((number + 1) // 12, (number + 1) % 12 + 1, 1)


def _people_unseen(before: date | None) -> list[UUID]:
    return [] if before is None else [pk for pk, seen in _last_seen().items() if seen < before]


def _last_seen() -> dict[UUID, date]:
    """Somebody with several codes is one person, and was seen when any of them was."""
    who = Coalesce("participant__counted_as_id", "participant_id")
    contacts = Encounter.objects.filter(participant__isnull=False)
    seen = dict(contacts.order_by().values_list(who).annotate(last=Max("day")))
    roots = Participant.objects.filter(counted_as=None).order_by("pk").values_list("pk", "made_on")
    return {pk: max(made_on, seen.get(pk, made_on)) for pk, made_on in roots}


def _entries_with_details(before: date | None) -> QuerySet[Entry]:
    if before is None:
        return Entry.objects.none()
    holds = Q(pk__in=[])
    for kind in registry.kinds.values():
        if fields := [name for name, question in kind.questions.items() if question.could_identify]:
            holds |= Q(kind=kind.name, payload__has_any_keys=fields)
    return Entry.objects.filter(holds, encounter__day__lt=before)


def _chunks(before: date | None) -> Iterator[list[UUID]]:
    """Contacts with details, a chunk at a time. One whose details can't be redacted is not tried twice."""
    found: Any = _entries_with_details(before).order_by("encounter_id").values_list("encounter_id", flat=True)
    ids = list(dict.fromkeys(found))
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _attempts_settled(before: date | None) -> QuerySet[Attempt]:
    return Attempt.objects.none() if before is None else Attempt.objects.filter(settled_at__date__lt=before)
