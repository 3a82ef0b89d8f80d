"""An undo that comes from a phone. It may arrive again, late, or before the contact it is about."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.encounters.changes import undo
from alongside.encounters.models import Attempt, Encounter
from alongside.encounters.outbox.keeping import Kept
from alongside.encounters.outbox.models import TakenBack
from alongside.encounters.submissions import Sender, Word
from alongside.kernel.clock import now
from alongside.sites.models import Program


def take_back(undo_id: UUID, contact_id: UUID, *, sender: Sender) -> Word:
    """Undo a contact once, now or when it comes. Raises Kept if that can't be.

    The undo is written down and committed before anybody looks for its contact, and a contact is committed before
    anybody looks for its undo: of two requests at once, at least one sees what the other one brought.
    """
    word = _write_down(undo_id, contact_id, sender)
    finish_waiting([contact_id], program=sender.program)
    return word


def _write_down(undo_id: UUID, contact_id: UUID, sender: Sender) -> Word:
    if (known := TakenBack.objects.filter(pk=undo_id).first()) is not None:
        return _repeated(known, contact_id)
    if "contacts.correct" not in sender.permissions:
        raise Kept(Word.REFUSED, _("Your role can’t undo contacts. Ask a coordinator."))
    if Encounter.objects.filter(pk=contact_id, state=Encounter.State.CORRECTED).exists():
        raise Kept(Word.CONFLICT, _("This contact was corrected at the desk meanwhile, so it was not undone."))
    note = TakenBack(id=undo_id, program=sender.program, contact_id=contact_id, by_id=sender.user_id, at=now())
    try:
        with transaction.atomic():
            note.save(force_insert=True)
            Attempt.objects.filter(encounter_id=contact_id, settled_at=None).update(settled_at=now())
    except IntegrityError:  # the same undo came twice at once
        return Word.DUPLICATE
    return Word.ACCEPTED


def _repeated(known: TakenBack, contact_id: UUID) -> Word:
    if known.contact_id != contact_id:
        raise Kept(Word.CONFLICT, _("A different undo was already received under this number."))
    return Word.DUPLICATE


def finish_waiting(contact_ids: Iterable[UUID], *, program: Program) -> None:
    """Undo those of these contacts that are here and whose undo is, too. Also after a repeat: the server may have been
    killed between the two.
    """
    notes = list(TakenBack.objects.filter(contact_id__in=list(contact_ids), done_at=None).order_by("pk"))
    if not notes:
        return
    stored = Encounter.objects.filter(pk__in=[each.contact_id for each in notes]).values_list("pk", flat=True)
    here = set(stored)
    for note in notes:
        if note.contact_id in here:
            _finish(note, program)


def _finish(note: TakenBack, program: Program) -> None:
    sender = Sender(program=program, user_id=note.by_id, permissions=frozenset(), door="field")
    with transaction.atomic():
        undo([note.contact_id], sender=sender)
        TakenBack.objects.filter(pk=note.pk).update(done_at=now())
