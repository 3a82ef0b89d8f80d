"""From an envelope to what it asks for: a contact, or an undo. By the code that reads a plain post."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from alongside.encounters.correcting import completed
from alongside.encounters.judging import our_fault
from alongside.encounters.outbox.clocks import moment_of
from alongside.encounters.outbox.envelopes import Opened
from alongside.encounters.outbox.keeping import Kept, as_sent, with_two_numbers
from alongside.encounters.outbox.sealing import Keyring
from alongside.encounters.reading import Reader
from alongside.encounters.submissions import Submission, Word
from alongside.kernel.errors import KeyAway
from alongside.participants.actions import recognise
from alongside.participants.recognising import Recogniser
from alongside.participants.rules import normalise
from alongside.sites.models import Program
from alongside.supplies.queries import catalogue

log = logging.getLogger("alongside.outbox")


@dataclass(frozen=True, kw_only=True, slots=True)
class Undo:
    """A worker's wish that a contact should not count."""

    contact_id: UUID


def kept_for_our_fault(error: Exception) -> Kept:
    log.error("A phone's contact could not be taken: %s", type(error).__name__)
    return Kept(Word.HELD, our_fault())


class Understanding:
    """Reads the forms of one upload to one program."""

    def __init__(self, program: Program, keyring: Keyring, *, received_at: datetime, moved_by: timedelta) -> None:
        self._program, self._keyring = program, keyring
        self._received_at, self._moved_by = received_at, moved_by
        self._people = Recogniser(program)
        self._away: KeyAway | None = None
        self._reader = Reader(program=program, catalogue=catalogue(program), recognise=self._recognise)

    def look_up_codes(self, contacts: Iterable[Opened]) -> None:
        """Beforehand and for many at once, because a question for each is slow."""
        try:
            self._people.look_up(normalise(code) for each in contacts if (code := each.form.get("code", "").strip()))
        except KeyAway as away:
            self._away = away

    def true_moment(self, opened: Opened) -> datetime:
        return moment_of(opened.made_at, moved_by=self._moved_by, received_at=self._received_at).true

    def meaning(self, opened: Opened) -> Submission | Undo:
        """Raises Kept. A fault of ours keeps this one contact and does not stop the others."""
        try:
            return self._undo(opened) if opened.form.get("undo") else self._submission(opened)
        except (Kept, OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours must not lose the record
            raise kept_for_our_fault(error) from None

    def _undo(self, opened: Opened) -> Undo:
        try:
            return Undo(contact_id=UUID(opened.form.get("undo", "")))
        except ValueError:
            raise Kept(Word.REFUSED, _("It can’t be told which contact this undo is about.")) from None

    def _submission(self, opened: Opened) -> Submission:
        form = opened.form
        said = form.get("id", "").strip().lower()
        if said not in ("", str(opened.id)):
            raise with_two_numbers()
        form["id"] = str(opened.id)
        moment = moment_of(opened.made_at, moved_by=self._moved_by, received_at=self._received_at)
        read = self._reader.read(form, moment=moment)
        if self._away and read.errors.keys() == {"code"}:
            raise Kept(Word.HELD, _("The key of the codes was not plugged in. It is kept, with its code closed."))
        if read.submission is None:
            raise Kept(Word.REFUSED, " ".join(dict.fromkeys(read.errors.values())))
        whole = completed(read.submission, program=self._program)
        return replace(whole, mark=self._keyring.mark(opened.plain.form), as_sent=partial(as_sent, opened))

    def _recognise(self, typed: str) -> UUID | None:
        code = normalise(typed)
        if code and self._away:
            raise self._away
        if not code:
            return recognise(typed, program=self._program)
        self._people.check(code)
        self._people.make([code])
        return self._people.known(code)
