"""From lines to the one door, a chunk at a time: which are new, here already, to be brought back, or can't be taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.encounters.changes import bring_back
from alongside.encounters.importing.identity import Identities, contact_id
from alongside.encounters.importing.ledger import Stored, stored_under
from alongside.encounters.importing.mapping import ColumnMapping
from alongside.encounters.importing.models import Import
from alongside.encounters.importing.outcomes import Outcome
from alongside.encounters.importing.places import Places
from alongside.encounters.importing.rows import Line
from alongside.encounters.ingest import ingest
from alongside.encounters.judging import MOST_ENTRIES, judge, why_not
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.submissions import Receipt, Sender, Submission, Word
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.participants.recognising import Recogniser
from alongside.supplies.queries import catalogue

CHUNK = 500
_NOON = time(12)
_WORST_FIRST = (Word.CONFLICT, Word.REFUSED, Word.HELD, Word.ACCEPTED, Word.DUPLICATE)


_REASONS: Mapping[Outcome, object] = {
    Outcome.CONFLICT: gettext_lazy(
        "It was imported before and read differently. Undo that import first, then import again."
    ),
    Outcome.LEFT: gettext_lazy(
        "Somebody undid this contact by hand. Bring it back on the contact’s own page if it should count."
    ),
}


@dataclass(slots=True)
class Prepared:
    """A line on its way: what it will be told as, or why not."""

    line: Line
    key: str
    submissions: list[Submission] = field(default_factory=list)
    outcome: Outcome | None = None
    reason: str = ""

    def refuse(self, reason: str) -> None:
        self.outcome, self.reason = Outcome.REFUSED, reason


class _HalfTaken(Exception):
    """The door would take some of a line's entries and refuse others."""


class Intake:
    """Takes the lines of one import, in order. `prepare` and `judge` write nothing; `store` writes a chunk or nothing.

    One wrong entry refuses the whole line: taken by halves, it would count twice once it is mended and imported again.
    """

    def __init__(self, batch: Import, mapping: ColumnMapping, *, sender: Sender) -> None:
        self._batch, self._mapping, self._sender = batch, mapping, sender
        self._identities = Identities(sender.program.pk)
        self._taken: dict[UUID, bytes] = {}
        """Digests by id of this file's earlier lines: a line's own number may stand there twice."""
        self.places = Places(sender, missing=mapping.missing_sites)
        self._people = Recogniser(sender.program)
        self._catalogue = catalogue(sender.program)
        self._zone = ZoneInfo(sender.program.timezone)

    def prepare(self, lines: Sequence[Line]) -> list[Prepared]:
        """Each line with its outcome, if it is known already; those without one are new."""
        self._people.look_up(line.code for line in lines)
        prepared = [Prepared(line, self._identities.key_of(line)) for line in lines]
        for each in prepared:
            self._phrase(each)
        self._compare_with_ledger([each for each in prepared if each.outcome is None])
        return prepared

    def judge(self, prepared: Iterable[Prepared]) -> None:
        """Refuse the new lines that the door would refuse, in whole or in part."""
        moment = now()
        for each in prepared:
            reasons = [*self._objections(each.submissions, moment)] if each.outcome is None else []
            if reasons:
                each.refuse(" ".join(dict.fromkeys(reasons)))

    def store(self, prepared: Sequence[Prepared]) -> None:
        """Write what is new, bring back what was undone, and set each line's outcome: all in one transaction.

        The door judges every entry anyway, so lines are judged beforehand only where it refused some.
        """
        try:
            self._store(prepared)
        except _HalfTaken:
            self._people.take_back()
            self.places.take_back()
            self.judge(prepared)
            self._store(prepared)

    def _store(self, prepared: Sequence[Prepared]) -> None:
        fresh = [each for each in prepared if each.outcome is None]
        back = stored_under(said.id for each in prepared if each.outcome == Outcome.BACK for said in each.submissions)
        with transaction.atomic():
            answers = self._tell(fresh) if fresh else []
            self._bring_back([stored.counts_as for stored in back.values()])
        for each, answer in zip(fresh, answers, strict=True):
            _note_answer(each, answer)

    def _tell(self, fresh: Sequence[Prepared]) -> list[list[Receipt]]:
        """The door's answers to each line. Raises _HalfTaken, so that the transaction is rolled back."""
        self.places.begin()
        self._people.make(each.line.code for each in fresh)
        told = [self._settled(each) for each in fresh]
        receipts = iter(ingest([said for group in told for said in group], sender=self._sender))
        answers = [[next(receipts) for _said in group] for group in told]
        if any(_is_refused(receipt) for answer in answers for receipt in answer):
            raise _HalfTaken
        return answers

    def _phrase(self, each: Prepared) -> None:
        """What the door will be told, or why the line can't be put into words for it."""
        try:
            each.submissions = self._submissions(each.line, each.key, self.places.id_of(each.line.site))
            self._people.check(each.line.code)
        except Refusal as refusal:
            each.refuse(str(refusal))

    def _objections(self, submissions: Sequence[Submission], moment: datetime) -> Iterator[str]:
        for said in submissions:
            if sentence := why_not(said, site_ids=self.places.usable, now=moment):
                yield sentence
            for entry in said.entries:
                judged = judge(
                    entry,
                    said,
                    program=self._sender.program,
                    catalogue=self._catalogue,
                    permissions=self._sender.permissions,
                )
                if judged.outcome == Entry.Outcome.REFUSED:
                    yield judged.reason

    def _submissions(self, line: Line, key: str, site_id: int) -> list[Submission]:
        """One contact; more only for a line with more entries than one may hold, and then with nobody in the others."""
        entries, when = line.entries, line.when
        first = Submission(
            id=contact_id(key),
            site_id=site_id,
            occurred_at=datetime.combine(when.day, when.at or _NOON, tzinfo=self._zone),
            precision=when.precision,
            people=line.people,
            reached=line.reached,
            batch=self._batch.pk,
            moves_stock=self._mapping.moves_stock,
            entries=entries[:MOST_ENTRIES],
        )
        rest = (entries[start : start + MOST_ENTRIES] for start in range(MOST_ENTRIES, len(entries), MOST_ENTRIES))
        return [
            first,
            *(
                replace(first, id=contact_id(key, part=part), people=None, reached=None, entries=some)
                for part, some in enumerate(rest, 1)
            ),
        ]

    def _compare_with_ledger(self, pending: Sequence[Prepared]) -> None:
        """Where an undone contact reads differently now, the line becomes its next revision."""
        unsettled, revision = list(pending), 0
        while unsettled:
            stored = stored_under(each.submissions[0].id for each in unsettled)
            unsettled = [each for each in unsettled if not self._compare(each, stored.get(each.submissions[0].id))]
            revision += 1
            for each in unsettled:
                each.submissions = [
                    replace(said, id=contact_id(each.key, revision=revision, part=part))
                    for part, said in enumerate(each.submissions)
                ]

    def _compare(self, each: Prepared, stored: Stored | None) -> bool:
        """True once the line's outcome, or that it is new under this id, is known."""
        if stored is None and not each.line.own_number:
            return True
        first = each.submissions[0]
        digest = replace(first, participant_id=self._people.known(each.line.code)).digest()
        if each.line.own_number and first.id in self._taken:
            each.outcome = Outcome.DUPLICATE if self._taken[first.id] == digest else Outcome.CONFLICT
            each.reason = _("Another line of this file has the same number.")
            return True
        if stored and stored.digest != digest and stored.is_undone_import:
            return False
        self._taken[first.id] = digest
        if stored:
            each.outcome = self._outcome_of_repeat(stored, is_same=stored.digest == digest)
            each.reason = str(_REASONS.get(each.outcome, ""))
        return True

    def _outcome_of_repeat(self, stored: Stored, *, is_same: bool) -> Outcome:
        if stored.state == Encounter.State.UNDONE and not stored.is_undone_import:
            return Outcome.LEFT
        if not is_same:
            return Outcome.CONFLICT
        if stored.state == Encounter.State.UNDONE:
            return Outcome.BACK
        return Outcome.ACCEPTED if stored.batch == self._batch.pk else Outcome.DUPLICATE

    def _settled(self, each: Prepared) -> list[Submission]:
        """With the site, made now if need be, and the participant."""
        site_id, participant_id = self.places.made(each.line.site), self._people.known(each.line.code)
        if participant_id is None and each.submissions[0].site_id == site_id:
            return each.submissions
        return [replace(said, site_id=site_id, participant_id=participant_id) for said in each.submissions]

    def _bring_back(self, ids: Sequence[UUID]) -> None:
        """Count them again, as contacts of this import, so that they can be undone with it."""
        if ids:
            bring_back(ids, sender=self._sender)
            Encounter.objects.filter(pk__in=ids).update(batch=self._batch.pk)


def _is_refused(receipt: Receipt) -> bool:
    return receipt.word == Word.REFUSED or any(entry.outcome == Entry.Outcome.REFUSED for entry in receipt.entries)


def _note_answer(each: Prepared, receipts: Sequence[Receipt]) -> None:
    word = next(word for word in _WORST_FIRST if any(receipt.word == word for receipt in receipts))
    each.outcome = Outcome(word.value)
    each.reason = " ".join(dict.fromkeys(receipt.reason for receipt in receipts if receipt.reason))
