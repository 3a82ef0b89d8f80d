"""Forgetting a person: who they were goes, what was given stays counted, with nobody.

What could still join their contacts to one another, and what becomes of it:

- codes, the participant, merges and splits: deleted;
- `Encounter.participant`: emptied, also on contacts that were corrected or undone;
- `Encounter.digest`, taken over the participant's id and every answer: whoever keeps an old id or guesses an answer
  could test it. It is taken again over what is left, so it tells nothing that the row does not say, and an erased
  contact looks like any contact that never had a code;
- entries and the attempts that were kept: what could identify somebody is redacted by the kind that owns it;
- the audit: it names changes, never participants (see `participants.actions`), and a random participant id, unlike
  other ids here, carries no time;
- months that reports have counted hold half an id of everybody who was seen: the database marks them as changed when
  the participant goes, and the next round of counting, minutes later, writes them without it;
- the copy for analytics holds a number for them that only the deleted id leads to; its next refresh, within the hour,
  writes the days they came without it.

A phone that sends such a contact once more is answered "duplicate", or "conflict" where an answer was taken out: then a
person looks at it. Backups hold what they held until they are replaced: the page says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from pydantic import ValidationError

from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.changes import submission_of
from alongside.encounters.effects import store_effects
from alongside.encounters.judging import is_known, judge, readable, upgraded
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said
from alongside.kernel.clock import now
from alongside.participants.actions import forget, lock_people
from alongside.participants.models import Participant
from alongside.participants.queries import group_of
from alongside.sites.audit import record_audit
from alongside.sites.models import Program
from alongside.supplies.queries import catalogue

CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """The receipt: codes that stood for the person, and contacts that stay with nobody."""

    people: int
    contacts: int


def erase(participant: Participant, *, program: Program, by_id: int | None) -> Erased:
    """Forget one person, with everybody counted as the same. It can't be undone."""
    with transaction.atomic():
        lock_people(program)
        group = group_of(participant)
        contacts = list(Encounter.objects.select_for_update().filter(participant__in=group).order_by("pk"))
        for start in range(0, len(contacts), CHUNK):
            _erase_from(contacts[start : start + CHUNK], program, by_id)
        _redact_attempts(group, contacts)
        forget(group)
        record_audit("participants.forgotten", program_id=program.pk, by_id=by_id, contacts=len(contacts))
    return Erased(people=len(group), contacts=len(contacts))


def _erase_from(contacts: Sequence[Encounter], program: Program, by_id: int | None) -> None:
    for contact in contacts:
        contact.participant = None
    redact_contacts(contacts, program=program, by_id=by_id)


def redact_contacts(contacts: Sequence[Encounter], *, program: Program, by_id: int | None) -> int:
    """Take out of these contacts what could identify somebody, and whom they no longer belong to; answers from how
    many entries something was taken. In a transaction.
    """
    entries = list(Entry.objects.filter(encounter__in=contacts).order_by("pk"))
    changed = [entry for entry in entries if _is_redacted(entry)]
    Entry.objects.bulk_update(changed, ["version", "payload", "reason"])
    _state_facts_again(contacts, changed, program, by_id)
    for contact in contacts:
        contact.digest = submission_of(contact, [each for each in entries if each.encounter_id == contact.pk]).digest()
    Encounter.objects.bulk_update(contacts, ["participant", "digest"])
    return len(changed)


def _is_redacted(entry: Entry) -> bool:
    """Redact an entry in memory; True if that took anything out."""
    before = entry.payload
    was_counted = entry.outcome != Entry.Outcome.REFUSED
    left = redacted(Said(entry.kind, entry.version, before)) if was_counted else Said(entry.kind, entry.version, {})
    if left.payload == before:
        return False
    entry.version, entry.payload = left.version, left.payload
    entry.reason = ""  # a refusal may have quoted what was said
    return True


def redacted(said: Said) -> Said:
    """What was said, at the kind's newest version, without what could identify a person.

    Of what this program can't read nothing is left: a kind or version that is not installed, or a broken payload.
    """
    kind = registry.kinds.get(said.kind)
    nothing = Said(said.kind, said.version, {})
    if kind is None or not is_known(kind, said):
        return nothing
    try:
        readable(kind, said)
    except ValidationError:
        return nothing
    return Said(said.kind, kind.version, kind.redact(upgraded(kind, said)))


def _state_facts_again(
    contacts: Iterable[Encounter], changed: Sequence[Entry], program: Program, by_id: int | None
) -> None:
    """Facts of redacted entries are made from what is left. Stock has moved already and stays."""
    still = {each.pk: each for each in contacts if each.state == Encounter.State.LIVE}
    counted = [each for each in changed if each.outcome == Entry.Outcome.ACCEPTED and each.encounter_id in still]
    for service in registry:
        for model in service.facts:
            model.objects.filter(entry__in=counted).delete()
    applied = []
    for entry in counted:
        contact = copy(still[entry.encounter_id])
        contact.moves_stock = False
        judged = judge(
            Said(entry.kind, entry.version, entry.payload),
            submission_of(contact, ()),
            program=program,
            catalogue=catalogue(program),
            permissions=frozenset(PERMISSIONS),
        )
        applied.append((contact, entry, judged))
    store_effects(applied, program=program, by_id=by_id, moment=now())


def _redact_attempts(group: Sequence[Participant], contacts: Sequence[Encounter]) -> None:
    """Submissions that were kept although they were not taken: those for these contacts or naming the person."""
    named = reduce(or_, (Q(content__contains=str(each.pk)) for each in group))
    about = Attempt.objects.filter(named | Q(encounter_id__in=[each.pk for each in contacts]))
    for attempt in about:
        attempt.content = _redacted_text(attempt.content)
        attempt.reason = ""
        attempt.save(update_fields=["content", "reason"])


def _redacted_text(content: str) -> str:
    said = json.loads(content)
    if "sealed" in said:  # a phone's: what was answered is inside it too
        return json.dumps({"sealed": None})
    said["participant"] = None
    said["entries"] = [_redacted_entry(*entry) for entry in said["entries"]]
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def _redacted_entry(kind: str, version: int, payload: dict[str, Any]) -> list[Any]:
    left = redacted(Said(kind, version, payload))
    return [left.kind, left.version, left.payload]
