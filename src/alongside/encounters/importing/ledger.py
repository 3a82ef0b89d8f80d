"""What the ledger holds under the ids of a sheet's lines: the contact itself, or what it was corrected to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from alongside.encounters.importing.models import Import
from alongside.encounters.models import Encounter


@dataclass(frozen=True, slots=True)
class Stored:
    """A contact that came with a line. `state` and `counts_as` are those of its last correction, if it has one."""

    state: str
    digest: bytes
    batch: UUID | None
    counts_as: UUID
    is_undone_import: bool = False
    """It was undone with its whole import, and not by itself."""


def stored_under(ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """What the program's ledger holds under these ids. Two questions, and one for each round of corrections."""
    rows = Encounter.objects.filter(pk__in=list(ids)).values_list("pk", "state", "digest", "batch")
    found = {pk: Stored(state, bytes(digest), batch, counts_as=pk) for pk, state, digest, batch in rows}
    _follow_corrections(found)
    _tell_undone_imports(found)
    return found


def _follow_corrections(found: dict[UUID, Stored]) -> None:
    corrected = {pk: pk for pk, stored in found.items() if stored.state == Encounter.State.CORRECTED}
    while corrected:
        after = dict[UUID, UUID]()
        for each in Encounter.objects.filter(corrects__in=list(corrected)).only("state", "batch", "corrects"):
            first = corrected[cast("UUID", each.corrects_id)]
            found[first] = replace(found[first], state=each.state, batch=each.batch, counts_as=each.pk)
            if each.state == Encounter.State.CORRECTED:
                after[each.pk] = first
        corrected = after


def _tell_undone_imports(found: dict[UUID, Stored]) -> None:
    undone = {pk: stored for pk, stored in found.items() if stored.state == Encounter.State.UNDONE and stored.batch}
    if not undone:
        return
    batches = Import.objects.filter(pk__in={stored.batch for stored in undone.values()}, undone_at__isnull=False)
    known = set(batches.values_list("pk", flat=True))
    found |= {pk: replace(stored, is_undone_import=True) for pk, stored in undone.items() if stored.batch in known}
