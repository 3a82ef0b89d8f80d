"""The one door for records: form, API, phone and import all call `ingest`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.encounters.effects import lock, store_effects, take_back
from alongside.encounters.judging import Judged, judge, local_day_of, why_not
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.submissions import EntryReceipt, Receipt, Sender, Submission, Word
from alongside.kernel.clock import now
from alongside.participants.queries import known_participants
from alongside.sites.audit import record_audit
from alongside.sites.plain_sql import insert_all, places, prepared, select
from alongside.sites.queries import sites_in_use
from alongside.supplies.queries import catalogue

BROKEN = (DataError, IntegrityError)


def ingest(submissions: Sequence[Submission], *, sender: Sender) -> list[Receipt]:
    """Take contacts, all in one transaction, and answer each with one word. Repeating a call is harmless.

    Repeats are answered before any rule runs. If the database refuses something that the rules let through, each
    contact is taken by itself, so that one can't spoil the others.
    """
    try:
        with transaction.atomic():
            return _take(submissions, sender)
    except BROKEN:
        if len(submissions) == 1:
            return [_take_piecemeal(submissions[0], sender)]
        return [receipt for each in submissions for receipt in ingest([each], sender=sender)]


def _take(submissions: Sequence[Submission], sender: Sender) -> list[Receipt]:
    submissions = _with_people_of_ours(submissions)
    known = _known(submissions)
    site_ids = sites_in_use(sender.program.pk)
    moment = now()
    receipts: list[Receipt] = []
    fresh: list[tuple[Submission, bytes]] = []
    for each in submissions:
        digest = each.digest()
        if each.id in known:
            receipts.append(_answer_repeat(each, known[each.id] == digest, sender, moment))
        elif reason := why_not(each, site_ids=site_ids, now=moment):
            receipts.append(_keep_attempt(each, Word.REFUSED, reason, sender, moment))
        elif each.corrects and not lock([each.corrects], Encounter.State.LIVE):
            reason = _("This contact was already corrected or undone. Open today's list to see how it stands.")
            receipts.append(_keep_attempt(each, Word.CONFLICT, reason, sender, moment))
        else:
            known[each.id] = digest
            fresh.append((each, digest))
    written = write(fresh, sender, moment) if fresh else []
    by_id = {receipt.id: receipt for receipt in receipts + written}
    return [by_id[each.id] for each in submissions]


def _with_people_of_ours(submissions: Sequence[Submission]) -> Sequence[Submission]:
    """A participant of another program, or one that was forgotten meanwhile, is nobody here. The contact counts."""
    named = {each.participant_id for each in submissions if each.participant_id}
    strangers = named - known_participants(named)
    if not strangers:
        return submissions
    return [replace(each, participant_id=None) if each.participant_id in strangers else each for each in submissions]


def _known(submissions: Sequence[Submission]) -> dict[UUID, bytes]:
    """Digests of what is stored under these ids, whichever program it belongs to: ids are never shared."""
    ids = prepared(Encounter._meta.pk, (each.id for each in submissions))
    rows = select(f"SELECT id, digest FROM encounters_encounter WHERE id IN ({places(len(ids))})", ids)
    return {pk if isinstance(pk, UUID) else UUID(pk): bytes(digest) for pk, digest in rows}


def write(fresh: Sequence[tuple[Submission, bytes]], sender: Sender, moment: datetime) -> list[Receipt]:
    """Judge and store contacts that are new."""
    program = sender.program
    items = catalogue(program)
    encounters = [_encounter(each, digest, sender, moment) for each, digest in fresh]
    judged = [
        [
            judge(said, each, program=program, catalogue=items, permissions=sender.permissions)
            for said in each.entries
        ]
        for each, _digest in fresh
    ]
    insert_all(encounters)
    replaced = [each.corrects for each, _digest in fresh if each.corrects]
    if replaced:
        take_back(replaced, Encounter.State.CORRECTED, program=program, by_id=sender.user_id)
    store_entries(encounters, judged, sender=sender, moment=moment)
    batch = fresh[0][0].batch if len(fresh) > 1 else None
    record_audit(
        "contacts.corrected" if replaced else "contacts.recorded",
        program_id=program.pk,
        by_id=sender.user_id,
        target=str(batch or encounters[0].pk),
        contacts=len(encounters),
    )
    return [_receipt(encounter.pk, entries) for encounter, entries in zip(encounters, judged, strict=True)]


def _encounter(each: Submission, digest: bytes, sender: Sender, moment: datetime) -> Encounter:
    return Encounter(
        id=each.id,
        program=sender.program,
        site_id=each.site_id,
        recorded_by_id=sender.user_id,
        occurred_at=each.occurred_at,
        received_at=moment,
        day=local_day_of(each, sender.program.timezone),
        precision=each.precision,
        participant_id=each.participant_id,
        people=each.people,
        is_each=each.is_each,
        reached=each.reached,
        door=sender.door,
        digest=digest,
        corrects_id=each.corrects,
        batch=each.batch,
        moves_stock=each.moves_stock,
    )


def store_entries(
    encounters: Sequence[Encounter], judged: Sequence[Sequence[Judged]], *, sender: Sender, moment: datetime
) -> None:
    """Entries, then the facts and stock moves of those accepted."""
    pairs = [(encounter, each) for encounter, group in zip(encounters, judged, strict=True) for each in group]
    entries = [
        Entry(
            program_id=sender.program.pk,
            encounter_id=encounter.pk,
            kind=each.said.kind,
            version=each.said.version,
            payload=each.said.payload,
            outcome=each.outcome,
            reason=each.reason,
        )
        for encounter, each in pairs
    ]
    insert_all(entries, with_ids=True)
    applied = [(encounter, entry, each) for (encounter, each), entry in zip(pairs, entries, strict=True)]
    store_effects(applied, program=sender.program, by_id=sender.user_id, moment=moment)


def _receipt(encounter_id: UUID, judged: Sequence[Judged]) -> Receipt:
    outcomes = {each.outcome for each in judged}
    word = next((Word(each) for each in (Word.REFUSED, Word.HELD) if each.value in outcomes), Word.ACCEPTED)
    return Receipt(
        id=encounter_id,
        word=word,
        reason=" ".join(each.reason for each in judged if each.reason),
        entries=tuple(
            EntryReceipt(kind=each.said.kind, outcome=str(each.outcome), reason=each.reason) for each in judged
        ),
    )


def _answer_repeat(each: Submission, is_same: bool, sender: Sender, moment: datetime) -> Receipt:
    if is_same:
        return Receipt(id=each.id, word=Word.DUPLICATE)
    reason = _("A different contact was already recorded under this number. Both are kept for a coordinator.")
    return _keep_attempt(each, Word.CONFLICT, reason, sender, moment)


def _keep_attempt(each: Submission, word: Word, reason: str, sender: Sender, moment: datetime) -> Receipt:
    Attempt.objects.get_or_create(
        program=sender.program,
        encounter_id=each.id,
        word=word,
        content=each.as_text(),
        defaults={"reason": reason[:400], "door": sender.door, "by_id": sender.user_id, "at": moment},
    )
    return Receipt(id=each.id, word=word, reason=reason)


def _take_piecemeal(each: Submission, sender: Sender) -> Receipt:
    """The database refused a contact. Find the entry at fault, hold it, and take the rest."""
    [each] = _with_people_of_ours([each])
    moment, digest = now(), each.digest()
    known = _known([each])
    if each.id in known:
        return _answer_repeat(each, known[each.id] == digest, sender, moment)
    faulty = {index for index in range(len(each.entries)) if not _can_store(each, index, digest, sender, moment)}
    with transaction.atomic():
        encounter = _encounter(each, digest, sender, moment)
        encounter.save(force_insert=True)
        items = catalogue(sender.program)
        judged = [
            _held_for_fault(index in faulty, judge(said, each, program=sender.program, catalogue=items, permissions=sender.permissions))
            for index, said in enumerate(each.entries)
        ]
        store_entries([encounter], [judged], sender=sender, moment=moment)
    return _receipt(each.id, judged)


def _held_for_fault(is_faulty: bool, judged: Judged) -> Judged:
    if not is_faulty:
        return judged
    reason = _("Something went wrong here. The record is kept and will be tried again.")
    return Judged(judged.said, Entry.Outcome.HELD, reason)


def _can_store(each: Submission, index: int, digest: bytes, sender: Sender, moment: datetime) -> bool:
    """Try one entry by itself in a transaction that is always rolled back."""
    items = catalogue(sender.program)
    try:
        with transaction.atomic():
            encounter = _encounter(each, digest, sender, moment)
            encounter.save(force_insert=True)
            one = judge(each.entries[index], each, program=sender.program, catalogue=items, permissions=sender.permissions)
            store_entries([encounter], [[one]], sender=sender, moment=moment)
            transaction.set_rollback(True)
    except BROKEN:
        return False
    return True
