"""Undo, bring back, and try held entries again. What was said stays; what it did is taken back.

A correction is a new submission with `corrects`: `ingest` takes it like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from alongside.encounters.effects import lock, store_effects, take_back
from alongside.encounters.judging import judge
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said, Sender, Submission
from alongside.kernel.clock import now
from alongside.sites.audit import record_audit
from alongside.sites.stopped import again_if_stopped
from alongside.supplies.queries import catalogue

CHUNK = 500


def undo(ids: Iterable[UUID], *, sender: Sender, reason: str = "contacts.undone") -> int:
    """Stop counting these contacts and put their stock back. Answers how many were still counted."""
    return sum(_undo_chunk(list(chunk), sender, reason) for chunk in _chunks(list(ids)))


@again_if_stopped
def _undo_chunk(ids: Sequence[UUID], sender: Sender, action: str) -> int:
    with transaction.atomic():
        live = lock(ids, Encounter.State.LIVE)
        take_back([each.pk for each in live], Encounter.State.UNDONE, program=sender.program, by_id=sender.user_id)
        if live:
            target = str(live[0].pk) if len(live) == 1 else ""
            record_audit(action, program_id=sender.program.pk, by_id=sender.user_id, target=target, contacts=len(live))
    return len(live)


def bring_back(ids: Iterable[UUID], *, sender: Sender) -> int:
    """Count undone contacts again, as they were said. Answers how many."""
    return sum(_bring_back_chunk(list(chunk), sender) for chunk in _chunks(list(ids)))


@again_if_stopped
def _bring_back_chunk(ids: Sequence[UUID], sender: Sender) -> int:
    with transaction.atomic():
        undone = lock(ids, Encounter.State.UNDONE)
        Encounter.objects.filter(pk__in=[each.pk for each in undone]).update(state=Encounter.State.LIVE)
        entries = Entry.objects.filter(encounter__in=undone, outcome=Entry.Outcome.ACCEPTED)
        _apply_again(undone, entries, sender)
        if undone:
            record_audit(
                "contacts.brought_back", program_id=sender.program.pk, by_id=sender.user_id, contacts=len(undone)
            )
    return len(undone)


def _apply_again(encounters: Sequence[Encounter], entries: Iterable[Entry], sender: Sender) -> None:
    by_id = {each.pk: each for each in encounters}
    applied = []
    for entry in entries:
        encounter = by_id[entry.encounter_id]
        judged = judge(
            Said(entry.kind, entry.version, entry.payload),
            submission_of(encounter, ()),
            program=sender.program,
            catalogue=catalogue(sender.program),
            permissions=sender.permissions,
        )
        if (entry.outcome, entry.reason) != (judged.outcome, judged.reason):
            Entry.objects.filter(pk=entry.pk).update(outcome=judged.outcome, reason=judged.reason)
        applied.append((encounter, entry, judged))
    store_effects(applied, program=sender.program, by_id=sender.user_id, moment=now())


def apply_held(*, sender: Sender) -> int:
    """Try entries again that were held: after an upgrade their kind may be known. Answers how many were tried."""
    with transaction.atomic():
        entries = list(
            Entry.objects.select_for_update()
            .filter(outcome=Entry.Outcome.HELD, encounter__state=Encounter.State.LIVE, kind__in=list(registry.kinds))
            .order_by("pk")[:CHUNK]
        )
        encounters = list(Encounter.objects.filter(pk__in={entry.encounter_id for entry in entries}))
        _apply_again(encounters, entries, sender)
    return len(entries)


def submission_of(encounter: Encounter, entries: Iterable[Entry]) -> Submission:
    """What was said, as it would be said again: to repeat, correct or judge it once more."""
    return Submission(
        id=encounter.pk,
        site_id=encounter.site_id,
        occurred_at=encounter.occurred_at,
        precision=encounter.precision,
        participant_id=encounter.participant_id,
        people=encounter.people,
        is_each=encounter.is_each,
        reached=encounter.reached,
        corrects=encounter.corrects_id,
        batch=encounter.batch,
        moves_stock=encounter.moves_stock,
        entries=tuple(Said(entry.kind, entry.version, entry.payload) for entry in entries),
    )


def _chunks(ids: list[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
