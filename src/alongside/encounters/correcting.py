"""Correcting a contact: the form says it again, and what the form can't say comes along as it was said.

An import or another program may have recorded more than the form asks: a second report of the same kind, a kind that
is not installed, a field that the form has no question for. None of it may vanish because a number was put right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from alongside.encounters.judging import is_known, is_readable, upgraded
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.questions import REACHED, removed_fields
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said, Submission
from alongside.sites.models import Program


def said_on_form(entries: Iterable[Entry]) -> dict[str, Said]:
    """The first entry of each kind that this program knows, as the newest form would have said it."""
    first: dict[str, Said] = {}
    for entry in entries:
        if entry.kind not in first and _is_readable_here(entry):
            kind = registry.kinds[entry.kind]
            payload = upgraded(kind, Said(entry.kind, entry.version, entry.payload))
            first[entry.kind] = Said(kind.name, kind.version, payload)
    return first


def _is_readable_here(entry: Entry) -> bool:
    kind = registry.kinds.get(entry.kind)
    return kind is not None and is_known(kind, Said(entry.kind, entry.version, entry.payload))


def kept_beside_form(entries: Iterable[Entry]) -> list[Entry]:
    """All the others."""
    taken: set[str] = set()
    kept = []
    for entry in entries:
        if entry.kind in taken or not _is_readable_here(entry):
            kept.append(entry)
        taken.add(entry.kind)
    return kept


def completed(submission: Submission, *, program: Program) -> Submission:
    """A correction with everything that the form could not say, answers to questions taken out since included."""
    if submission.corrects is None:
        return submission
    original = Encounter.objects.filter(pk=submission.corrects).first()
    if original is None:
        return submission
    entries = list(original.entries.order_by("pk"))
    before = said_on_form(entries)
    said = [_with_fields_beside_form(each, before.get(each.kind), program) for each in submission.entries]
    again = {each.kind for each in said}
    unasked = [each for kind, each in before.items() if kind not in again]
    kept = [Said(entry.kind, entry.version, entry.payload) for entry in kept_beside_form(entries)]
    return replace(
        submission,
        entries=(*said, *_answers_not_asked_for(unasked, program), *kept),
        occurred_at=_moment(submission.occurred_at, original.occurred_at),
        reached=original.reached if REACHED in program.questions_removed else submission.reached,
    )


def _answers_not_asked_for(entries: Iterable[Said], program: Program) -> Iterator[Said]:
    """Of an entry that the form did not repeat: what it had no question for, if that says something by itself."""
    for said in entries:
        kind = registry.kinds[said.kind]
        gone = removed_fields(kind, program)
        left = replace(said, payload={field: value for field, value in said.payload.items() if field in gone})
        if left.payload and is_readable(kind, left):
            yield left


def _moment(entered: datetime, before: datetime) -> datetime:
    """The form shows minutes. If they were left alone, so is the moment: the contact keeps its place in the list."""
    return before if before.replace(second=0, microsecond=0) == entered else entered


def _with_fields_beside_form(said: Said, before: Said | None, program: Program) -> Said:
    kind = registry.kinds.get(said.kind)
    if kind is None or before is None:
        return said
    unseen = kind.beside_form | removed_fields(kind, program)
    kept = {name: value for name, value in before.payload.items() if name in unseen}
    return Said(said.kind, said.version, {**kept, **said.payload})
