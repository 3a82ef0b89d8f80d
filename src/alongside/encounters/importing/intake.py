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
from alongside.encounters.importing.mapping import ColumnMapping
from alongside.encounters.importing.models import Import
from alongside.encounters.importing.outcomes import Outcome
from alongside.encounters.importing.people import PeopleByCode
from alongside.encounters.importing.places import Places
from alongside.encounters.importing.rows import Line
from alongside.encounters.ingest import ingest
from alongside.encounters.judging import MOST_ENTRIES, judge, why_not
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.submissions import Receipt, Sender, Submission, Word
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.supplies.queries import catalogue

CHUNK = 500
_NOON = time(12)
_WORST_FIRST = (Word.CONFLICT, Word.REFUSED, Word.HELD, Word.ACCEPTED, Word.DUPLICATE)


_REASONS: Mapping[Outcome, object] = {
    Outcome.CONFLICT: gettext_lazy(
        "It was imported before and read differently. Undo that import first, then import again."
    ),
    Outcome.LEFT: gettext_lazy(
        "Somebody undid this contact by hand. Bring it back on the contact's own page if it should count."
    ),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What is in the ledger under an id."""

    state: str
    digest: bytes
    batch: UUID | None
    is_undone_import: bool


@dataclass(slots=True)
class Prepared:
    """A line on its way: what it will be told as, or why not."""

    line: Line
    submissions: list[Submission] = field(default_factory=list)
    outcome: Outcome | None = None
    reason: str = ""


class Intake:
    """Takes the lines of one import, in order. `prepare` writes nothing; `store` writes a chunk whole or not at all."""

    def __init__(self, batch: Import, mapping: ColumnMapping, *, sender: Sender) -> None:
        self._batch, self._mapping, self._sender = batch, mapping, sender
        self._identities = Identities(sender.program.pk)
        self._taken: dict[UUID, bytes] = {}
        """Digests by id of this file's earlier lines: a line's own number may stand there twice."""
        self.places = Places(sender, missing=mapping.missing_sites)
        self._people = PeopleByCode(sender.program)
        self._catalogue = catalogue(sender.program)
        self._zone = ZoneInfo(sender.program.timezone)

    def prepare(self, lines: Sequence[Line]) -> list[Prepared]:
        """Each line with its outcome, if it is known already; those without one are new."""
        moment = now()
        pending = []
        for line in lines:
            each = Prepared(line)
            key = self._identities.key_of(line)
            self._refuse_if_wrong(each, key, moment)
            pending.append((each, key))
        self._look_up([(each, key) for each, key in pending if each.outcome is None])
        return [each for each, _key in pending]

    def store(self, prepared: Iterable[Prepared]) -> None:
        """Write what is new and bring back what was undone, and set each line's outcome. One transaction."""
        fresh = [each for each in prepared if each.outcome is None]
        back = [each for each in prepared if each.outcome == Outcome.BACK]
        with transaction.atomic():
            fresh = [each for each in fresh if self._settle(each)]
            receipts = iter(ingest([said for each in fresh for said in each.submissions], sender=self._sender))
            for each in fresh:
                _answer(each, [next(receipts) for _said in each.submissions])
            self._bring_back([said.id for each in back for said in each.submissions])

    def _refuse_if_wrong(self, each: Prepared, key: str, moment: datetime) -> None:
        """Judge the line as the door will. One wrong entry refuses the line: taken by halves, it would count twice
        once it is mended and imported again.
        """
        try:
            site_id = self.places.id_of(each.line.site)
            each.submissions = self._submissions(each.line, key, site_id)
            self._people.check(each.line.code)
        except Refusal as refusal:
            each.outcome, each.reason = Outcome.REFUSED, str(refusal)
            return
        reasons = [*self._objections(each.submissions, moment)]
        if reasons:
            each.outcome, each.reason = Outcome.REFUSED, " ".join(dict.fromkeys(reasons))

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
        entries = line.entries
        when = line.when
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

    def _look_up(self, pending: Sequence[tuple[Prepared, str]]) -> None:
        """Compare with the ledger, and where an undone contact reads differently now, with its next revision."""
        revision = 0
        unsettled = list(pending)
        while unsettled:
            stored = stored_under(contact_id(key, revision=revision) for _each, key in unsettled)
            unsettled = [
                (each, key)
                for each, key in unsettled
                if not self._compare(each, key, revision, stored.get(contact_id(key, revision=revision)))
            ]
            revision += 1

    def _compare(self, each: Prepared, key: str, revision: int, stored: Stored | None) -> bool:
        """True once the line's outcome, or that it is new under this revision, is known."""
        each.submissions = [
            replace(said, id=contact_id(key, revision=revision, part=part))
            for part, said in enumerate(each.submissions)
        ]
        first = each.submissions[0]
        digest = replace(first, participant_id=self._people.known(each.line.code)).digest()
        before = self._taken.setdefault(first.id, digest)
        if before is not digest:
            each.outcome = Outcome.DUPLICATE if before == digest else Outcome.CONFLICT
            each.reason = _("Another line of this file has the same number.")
            return True
        if stored is None:
            return True
        if stored.digest != digest and stored.is_undone_import:
            return False
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

    def _settle(self, each: Prepared) -> bool:
        """Make the site and the participant, if they are not there yet. False if the code turns out to be refused."""
        site_id = self.places.made(each.line.site)
        try:
            participant_id = self._people.made(each.line.code)
        except Refusal as refusal:
            each.outcome, each.reason = Outcome.REFUSED, str(refusal)
            return False
        each.submissions = [replace(said, site_id=site_id, participant_id=participant_id) for said in each.submissions]
        return True

    def _bring_back(self, ids: Sequence[UUID]) -> None:
        """Count them again, as contacts of this import, so that they can be undone with it."""
        bring_back(ids, sender=self._sender)
        Encounter.objects.filter(pk__in=ids).update(batch=self._batch.pk)


def _answer(each: Prepared, receipts: Sequence[Receipt]) -> None:
    word = next(word for word in _WORST_FIRST if any(receipt.word == word for receipt in receipts))
    each.outcome = Outcome(word.value)
    each.reason = " ".join(dict.fromkeys(receipt.reason for receipt in receipts if receipt.reason))


def stored_under(ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """What the program's ledger holds under these ids."""
    rows = list(Encounter.objects.filter(pk__in=list(ids)).values_list("pk", "state", "digest", "batch"))
    batches = {batch for _pk, state, _digest, batch in rows if state == Encounter.State.UNDONE and batch}
    undone = set(Import.objects.filter(pk__in=batches, undone_at__isnull=False).values_list("pk", flat=True))
    return {
        pk: Stored(state, bytes(digest), batch, state == Encounter.State.UNDONE and batch in undone)
        for pk, state, digest, batch in rows
    }
