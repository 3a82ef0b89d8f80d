"""The one door for records: form, API, phone and import all call `ingest`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.encounters.effects import lock, move_stock, needs_of, store_facts, take_back
from alongside.encounters.judging import Judged, judge, local_day_of, our_fault, why_not
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.submissions import EntryReceipt, Receipt, Said, Sender, Submission, Word
from alongside.kernel.clock import now
from alongside.kernel.services import Catalogue
from alongside.participants.queries import known_participants
from alongside.sites.audit import audit_event
from alongside.sites.plain_sql import Question, at_once, insert_all, places, prepared, select, select_each, unsaved
from alongside.sites.queries import asks_for_sites_in_use
from alongside.sites.stopped import again_if_stopped
from alongside.supplies.handing_out import lock_levels, stock_for
from alongside.supplies.queries import catalogue

BROKEN = (DataError, IntegrityError, UnicodeError)


Sent = tuple[Submission, Sender]


def ingest(submissions: Sequence[Submission], *, sender: Sender) -> list[Receipt]:
    """Take contacts, all in one transaction, and answer each with one word. Repeating a call is harmless."""
    return ingest_together([(each, sender) for each in submissions])


@again_if_stopped
def ingest_together(sent: Sequence[Sent]) -> list[Receipt]:
    """Take contacts that several people of one program sent, all in one transaction. Corrections come from one sender.

    Repeats are answered before any rule runs. If the database refuses something that the rules let through, each
    contact is taken by itself, so that one can't spoil the others.
    """
    try:
        with transaction.atomic():
            return _take(sent)
    except BROKEN:
        if len(sent) == 1:
            return [_take_piecemeal(*sent[0])]
        return [receipt for each in sent for receipt in ingest_together([each])]


def _take(sent: Sequence[Sent], *, faulty: Set[int] = frozenset()) -> list[Receipt]:
    if not sent:
        return []
    sent = _with_people_of_ours(sent)
    call = _Call(sent, faulty)
    for position, (each, sender) in enumerate(sent):
        call.consider(position, each, sender)
    call.write()
    return [call.receipts[position] for position in range(len(sent))]


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A contact that is new and waits to be written."""

    said: Submission
    digest: bytes
    sender: Sender


class _Call:
    """What one call knows, what waits to be written, and the answers so far by position."""

    def __init__(self, sent: Sequence[Sent], faulty: Set[int]) -> None:
        self.faulty, self.moment = faulty, now()
        digests, sites = select_each(
            _asks_for_digests(each.id for each, _sender in sent), asks_for_sites_in_use(sent[0][1].program.pk)
        )
        self.known, self.site_ids = _by_contact(digests), {pk for (pk,) in sites}
        self.waiting: dict[int, _Fresh] = {}
        self.receipts: dict[int, Receipt] = {}

    def consider(self, position: int, each: Submission, sender: Sender) -> None:
        """Answer a contact, or put it down to be written with the others."""
        digest = each.digest()
        if each.id in self.known:
            is_same = self.known[each.id] in (digest, each.digest_of_content())
            self.receipts[position] = self._repeat(each, sender, is_same=is_same)
        elif reason := why_not(each, site_ids=self.site_ids, now=self.moment):
            self.receipts[position] = self._kept(each, Word.REFUSED, reason, sender)
        elif not (placed := self._placed(each)):
            reason = _("This contact was already corrected or undone. Open today's list to see how it stands.")
            self.receipts[position] = self._kept(each, Word.CONFLICT, reason, sender)
        else:
            self.known[each.id] = digest
            self.waiting[position] = _Fresh(placed, digest, sender)

    def _placed(self, each: Submission) -> Submission | None:
        """A correction belongs to the same import as what it corrects, and moves stock only if that did.

        None if what it corrects no longer counts. That is locked from now on; it may be one that still waits here.
        """
        if each.corrects is None:
            return each
        touched = {(waiting.said.id, waiting.said.corrects) for waiting in self.waiting.values()}
        if any(each.corrects in ids for ids in touched):
            self.write()
        for original in lock([each.corrects], Encounter.State.LIVE):
            return replace(each, batch=original.batch, moves_stock=original.moves_stock)
        return None

    def write(self) -> None:
        if self.waiting:
            written = write(list(self.waiting.values()), self.moment, faulty=self.faulty)
            self.receipts |= dict(zip(self.waiting, written, strict=True))
            self.waiting = {}

    def _repeat(self, each: Submission, sender: Sender, *, is_same: bool) -> Receipt:
        if is_same:
            return Receipt(id=each.id, word=Word.DUPLICATE)
        return self._kept(each, Word.CONFLICT, number_is_taken(), sender)

    def _kept(self, each: Submission, word: Word, reason: str, sender: Sender) -> Receipt:
        return _keep_attempt(each, word, reason, sender, self.moment)


def number_is_taken() -> str:
    return _("A different contact was already recorded under this number. Both are kept for a coordinator.")


def _with_people_of_ours(sent: Sequence[Sent]) -> Sequence[Sent]:
    """A participant of another program, or one that was forgotten meanwhile, is nobody here. The contact counts."""
    named = {each.participant_id for each, _sender in sent if each.participant_id}
    strangers = named - known_participants(named)
    if not strangers:
        return sent
    return [
        (replace(each, participant_id=None) if each.participant_id in strangers else each, sender)
        for each, sender in sent
    ]


def known_digests(contact_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Digests of what is stored under these ids, whichever program it belongs to: ids are never shared."""
    wanted = list(contact_ids)
    return _by_contact(select(*_asks_for_digests(wanted))) if wanted else {}


def _asks_for_digests(contact_ids: Iterable[UUID]) -> Question:
    ids = prepared(Encounter._meta.pk, contact_ids)
    return f"SELECT id, digest FROM encounters_encounter WHERE id IN ({places(len(ids))})", ids  # noqa: S608 - only "?"s


def _by_contact(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, bytes]:
    return {pk if isinstance(pk, UUID) else UUID(pk): bytes(digest) for pk, digest in rows}


def write(fresh: Sequence[_Fresh], moment: datetime, *, faulty: Set[int] = frozenset()) -> list[Receipt]:
    """Judge and store contacts that are new. `faulty` positions of entries are held without trying them."""
    program = fresh[0].sender.program
    items = catalogue(program)
    encounters = [_encounter(each, moment) for each in fresh]
    judged = [_judged(each, items, faulty) for each in fresh]
    replaced = [each.said.corrects for each in fresh if each.said.corrects]
    if replaced:
        lock_levels(replaced, needs_of(encounters, judged), program_id=program.pk)
        take_back(replaced, Encounter.State.CORRECTED, program=program, by_id=fresh[0].sender.user_id)
    with at_once():
        wanted = store_facts(_stored(encounters, judged), program=program)
        _note(fresh, "contacts.corrected" if replaced else "contacts.recorded")
        stock = stock_for(wanted, program_id=program.pk)
    move_stock(wanted, stock, program=program, moment=moment)
    return [_receipt(encounter.pk, entries) for encounter, entries in zip(encounters, judged, strict=True)]


def _judged(fresh: _Fresh, items: Catalogue, faulty: Set[int]) -> list[Judged]:
    said, sender = fresh.said, fresh.sender
    return [
        _held_for_fault(each)
        if position in faulty
        else judge(each, said, program=sender.program, catalogue=items, permissions=sender.permissions)
        for position, each in enumerate(said.entries)
    ]


def _note(fresh: Sequence[_Fresh], action: str) -> None:
    """One line for what each sender sent at once. Every form that is posted has a sender of its own."""
    lines = []
    for _sender, group in groupby(fresh, key=lambda each: id(each.sender)):
        first, *others = group
        lines.append(
            audit_event(
                action,
                program_id=first.sender.program.pk,
                by_id=first.sender.user_id,
                target=str((others and first.said.batch) or first.said.id),
                contacts=1 + len(others),
            )
        )
    insert_all(lines)


def _encounter(fresh: _Fresh, moment: datetime) -> Encounter:
    said, sender = fresh.said, fresh.sender
    return unsaved(
        Encounter,
        id=said.id,
        program_id=sender.program.pk,
        site_id=said.site_id,
        recorded_by_id=sender.user_id,
        occurred_at=said.occurred_at,
        received_at=moment,
        day=local_day_of(said, sender.program.timezone),
        precision=said.precision,
        participant_id=said.participant_id,
        people=said.people,
        is_each=said.is_each,
        reached=said.reached,
        door=sender.door,
        digest=fresh.digest,
        corrects_id=said.corrects,
        batch=said.batch,
        moves_stock=said.moves_stock,
    )


def _stored(
    encounters: Sequence[Encounter], judged: Sequence[Sequence[Judged]]
) -> list[tuple[Encounter, Entry, Judged]]:
    """Insert contacts and their entries."""
    pairs = [(encounter, each) for encounter, group in zip(encounters, judged, strict=True) for each in group]
    entries = [
        unsaved(
            Entry,
            program_id=encounter.program_id,
            encounter_id=encounter.pk,
            kind=each.said.kind,
            version=each.said.version,
            payload=each.said.payload,
            outcome=each.outcome,
            reason=each.reason,
        )
        for encounter, each in pairs
    ]
    insert_all(encounters)
    insert_all(entries, with_ids=True)
    return [(encounter, entry, each) for (encounter, each), entry in zip(pairs, entries, strict=True)]


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
    """The database refused a contact. Hold the entries at fault and take the rest; if nothing helps, keep its text."""
    faulty = {index for index in range(len(each.entries)) if not _can_store(each, index, sender)}
    try:
        with transaction.atomic():
            return _take([(each, sender)], faulty=faulty)[0]
    except BROKEN:
        return _keep_attempt(each, Word.HELD, our_fault(), sender, now())


def _can_store(each: Submission, index: int, sender: Sender) -> bool:
    """Try one entry by itself in a transaction that is always rolled back."""
    try:
        with transaction.atomic():
            _take([(replace(each, entries=(each.entries[index],)), sender)])
            transaction.set_rollback(True)
    except BROKEN:
        return False
    return True


def _held_for_fault(said: Said) -> Judged:
    return Judged(said, Entry.Outcome.HELD, our_fault())
