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


def take_back(undo_id: UUID, contact_id: UUID, *, sender: Sender) -> Word:
    """Undo a contact once, now or when it comes. Raises Kept if that can't be."""
    if (known := TakenBack.objects.filter(pk=undo_id).first()) is not None:
        if known.contact_id == contact_id:
            return Word.DUPLICATE
        raise Kept(Word.CONFLICT, _("A different undo was already received under this number."))
    if "contacts.correct" not in sender.permissions:
        raise Kept(Word.REFUSED, _("Your role can’t undo contacts. Ask a coordinator."))
    try:
        with transaction.atomic():
            return _take_back(undo_id, contact_id, sender)
    except IntegrityError:  # the same undo came twice at once
        return Word.DUPLICATE


def _take_back(undo_id: UUID, contact_id: UUID, sender: Sender) -> Word:
    note = TakenBack(id=undo_id, program=sender.program, contact_id=contact_id, by_id=sender.user_id, at=now())
    note.save(force_insert=True)
    contact = Encounter.objects.filter(pk=contact_id).first()
    if contact is not None and contact.state == Encounter.State.CORRECTED:
        raise Kept(Word.CONFLICT, _("This contact was corrected at the desk meanwhile, so it was not undone."))
    if contact is not None:
        _finish([note], sender)
    Attempt.objects.filter(encounter_id=contact_id, settled_at=None).update(settled_at=now())
    return Word.ACCEPTED


def finish_waiting(contact_ids: Iterable[UUID], *, sender: Sender) -> None:
    """Undo those of the contacts that just came whose undo was here before them."""
    notes = list(TakenBack.objects.filter(contact_id__in=list(contact_ids), done_at=None).order_by("pk"))
    if not notes:
        return
    stored = Encounter.objects.filter(pk__in=[each.contact_id for each in notes]).values_list("pk", flat=True)
    here = set(stored)
    with transaction.atomic():
        _finish([each for each in notes if each.contact_id in here], sender)


def _finish(notes: list[TakenBack], sender: Sender) -> None:
    undo([each.contact_id for each in notes], sender=sender)
    TakenBack.objects.filter(pk__in=[each.pk for each in notes]).update(done_at=now())
