"""Taking what waited on phones: in chunks that are committed one by one, each contact answered with one word.

A repeat, of all or of a part, at any point, changes nothing. Only "database away" reaches the caller as an error: then
the phone waits, and what was committed before is answered as a duplicate next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from django_scopes import scope

from alongside.encounters.ingest import ingest, known_digests
from alongside.encounters.outbox.clocks import skew
from alongside.encounters.outbox.envelopes import Opened, Unknown, Unreadable, id_of, read
from alongside.encounters.outbox.keeping import (
    Kept,
    ToKeep,
    as_it_came,
    as_sent,
    from_a_newer_app,
    keep_all,
    unreadable,
)
from alongside.encounters.outbox.recorders import Recorders
from alongside.encounters.outbox.routing import by_program
from alongside.encounters.outbox.sealing import Keyring
from alongside.encounters.outbox.tokens import WorkerToken, read_worker_token
from alongside.encounters.outbox.understanding import Understanding, Undo, kept_for_our_fault
from alongside.encounters.outbox.undoing import finish_waiting, take_back
from alongside.encounters.submissions import Sender, Submission, Word
from alongside.encounters.timing import note_seconds
from alongside.kernel.clock import now
from alongside.sites.audit import record_audit
from alongside.sites.members import Member
from alongside.sites.models import Program

CHUNK = 250


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The word for one contact, with a sentence where one is due. `word` is None while it has to wait on the phone."""

    id: str
    word: Word | None
    sentence: str = ""


_NO_ANSWER = Answer(id="", word=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Meant:
    """A contact that was understood, and who recorded it."""

    opened: Opened
    sender: Sender
    what: Submission | Undo


def take(contacts: Sequence[Any], *, sent_at: datetime | None, member: Member) -> list[Answer]:
    """Answers in the order of the contacts. Each belongs to the program whose key it was sealed to."""
    received_at = now()
    upload = _Upload(contacts, received_at, skew(sent_at, received_at=received_at))
    places = by_program(contacts, member)
    for program in member.programs or (member.program,):
        if mine := [place for place, owner in enumerate(places) if owner == program.pk]:
            with scope(program=program):
                _ToProgram(upload, program, sent_by_id=member.user_id).take(mine)
    return [upload.answers.get(place) or _elsewhere(contact) for place, contact in enumerate(contacts)]


@dataclass
class _Upload:
    """What came in one call, and the answers so far by place."""

    contacts: Sequence[Any]
    received_at: datetime
    moved_by: timedelta
    answers: dict[int, Answer] = field(default_factory=dict)


class _ToProgram:
    """The contacts of one upload that belong to one program, within its scope."""

    def __init__(self, upload: _Upload, program: Program, *, sent_by_id: int) -> None:
        self._upload, self._program, self._sent_by_id = upload, program, sent_by_id
        self._keyring = Keyring(program.pk)
        self._understanding = Understanding(
            program, self._keyring, received_at=upload.received_at, moved_by=upload.moved_by
        )
        self._recorders = Recorders(program, heard_at=upload.received_at)
        self._tokens: dict[str, WorkerToken | None] = {}
        self._to_keep: dict[int, ToKeep] = {}

    def take(self, places: Sequence[int]) -> None:
        for start in range(0, len(places), CHUNK):
            self._take_chunk(places[start : start + CHUNK])
        self._note(places)

    def _take_chunk(self, places: Sequence[int]) -> None:
        opened = dict(self._opened(places))
        fresh = self._without_repeats(opened)
        self._understanding.look_up_codes(fresh.values())
        meant = dict(self._meanings(fresh))
        for sender, run in groupby(meant.items(), key=lambda item: (item[1].sender, isinstance(item[1].what, Undo))):
            self._store(dict(run), sender[0])
        finish_waiting([each.id for each in opened.values()], program=self._program)
        self._keep()

    def _opened(self, places: Iterable[int]) -> Iterator[tuple[int, Opened]]:
        for place in places:
            try:
                yield place, read(self._upload.contacts[place], self._keyring)
            except Unknown:
                self._put_down(place, from_a_newer_app())
            except Unreadable:
                self._put_down(place, unreadable())

    def _without_repeats(self, opened: Mapping[int, Opened]) -> dict[int, Opened]:
        """Repeats are answered before any rule runs, so that no rule that changed meanwhile can say otherwise."""
        known = known_digests(each.id for each in opened.values())
        fresh = {}
        for place, each in opened.items():
            if each.id in known and known[each.id] == self._keyring.mark(each.plain.form):
                self._answer(place, Word.DUPLICATE)
            else:
                fresh[place] = each
        return fresh

    def _meanings(self, opened: Mapping[int, Opened]) -> Iterator[tuple[int, _Meant]]:
        tokens = {place: self._token(each.plain.worker) for place, each in opened.items()}
        self._recorders.look_up(token for token in tokens.values() if token)
        for place, each in opened.items():
            token = tokens[place]
            try:
                sender = self._recorders.sender(token, made_at=self._understanding.true_moment(each))
                yield place, _Meant(opened=each, sender=sender, what=self._understanding.meaning(each))
            except Kept as kept:
                self._put_down(place, kept, each, by_id=self._recorders.known_user_id(token))

    def _token(self, text: str) -> WorkerToken | None:
        if text not in self._tokens:
            self._tokens[text] = read_worker_token(text)
        return self._tokens[text]

    def _store(self, run: Mapping[int, _Meant], sender: Sender) -> None:
        contacts = {place: each.what for place, each in run.items() if isinstance(each.what, Submission)}
        if contacts:
            self._store_contacts(contacts, sender)
            self._note_seconds(run)
        for place, each in run.items():
            if isinstance(each.what, Undo):
                self._undo(place, each, each.what.contact_id)

    def _note_seconds(self, run: Mapping[int, _Meant]) -> None:
        taken = [place for place in run if self._upload.answers.get(place, _NO_ANSWER).word is Word.ACCEPTED]
        note_seconds([run[place].opened.form.get("seconds", "") for place in taken], program=self._program)

    def _store_contacts(self, contacts: Mapping[int, Submission], sender: Sender) -> None:
        """A fault of ours keeps the contact that it is about; the others are taken."""
        try:
            receipts = ingest(list(contacts.values()), sender=sender)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours must not lose a record or block those behind it
            self._store_one_by_one(contacts, sender, error)
            return
        for place, receipt in zip(contacts, receipts, strict=True):
            self._answer(place, receipt.word, receipt.reason)

    def _store_one_by_one(self, contacts: Mapping[int, Submission], sender: Sender, error: Exception) -> None:
        if len(contacts) > 1:
            for place, each in contacts.items():
                self._store_contacts({place: each}, sender)
            return
        for place in contacts:
            opened = read(self._upload.contacts[place], self._keyring)
            self._put_down(place, kept_for_our_fault(error), opened, by_id=sender.user_id)

    def _undo(self, place: int, each: _Meant, contact_id: UUID) -> None:
        try:
            self._answer(place, take_back(each.opened.id, contact_id, sender=each.sender))
        except Kept as kept:
            self._put_down(place, kept, each.opened, by_id=each.sender.user_id)

    def _put_down(self, place: int, kept: Kept, opened: Opened | None = None, *, by_id: int | None = None) -> None:
        contact = self._upload.contacts[place]
        self._to_keep[place] = ToKeep(
            contact_id=opened.id if opened else id_of(contact),
            content=as_sent(opened) if opened else as_it_came(contact, self._keyring),
            word=kept.word,
            reason=kept.sentence,
            by_id=by_id or self._sent_by_id,
        )

    def _keep(self) -> None:
        kept = keep_all(list(self._to_keep.values()), program=self._program, at=self._upload.received_at)
        for place, (word, sentence) in zip(self._to_keep, kept, strict=True):
            self._answer(place, word, sentence)
        self._to_keep = {}

    def _answer(self, place: int, word: Word, sentence: str = "") -> None:
        self._upload.answers[place] = Answer(id=_said_id(self._upload.contacts[place]), word=word, sentence=sentence)

    def _note(self, places: Sequence[int]) -> None:
        """Who sent how much, and how wrong their phone's clock was. An upload of nothing but repeats leaves no line."""
        words = [answer.word for place in places if (answer := self._upload.answers[place]).word is not Word.DUPLICATE]
        if words:
            record_audit(
                "contacts.sent",
                program_id=self._program.pk,
                by_id=self._sent_by_id,
                contacts=len(words),
                clock_moved_seconds=int(self._upload.moved_by.total_seconds()),
            )


def _elsewhere(contact: Any) -> Answer:
    sentence = _("This contact belongs to another program. It waits here until somebody who works there signs in.")
    return Answer(id=_said_id(contact), word=None, sentence=sentence)


def _said_id(contact: Any) -> str:
    said = contact.get("id") if isinstance(contact, Mapping) else None
    return said[:100] if isinstance(said, str) else ""
