"""Verbs on codes and participants. Each one that joins or parts people can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alongside.kernel.clock import now, today
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.participants.models import Change, Code, CodeScheme, Participant
from alongside.participants.queries import code_key, current_scheme
from alongside.participants.rules import (
    SUFFIXES,
    digest,
    fits_recipe,
    is_random_code,
    normalise,
    random_code,
    recipe_from,
)
from alongside.sites.audit import record_audit
from alongside.sites.models import Program


def recognise(typed: str, *, program: Program) -> UUID | None:
    """The participant a typed code stands for, made on first use; None if no code was given.

    Raises Refusal with a sentence if the code can't be one of this program's. The code itself is never stored.
    """
    if not typed.strip():
        return None
    scheme = current_scheme(program)
    code, suffix = _checked(typed, scheme)
    found = digest(code, program_id=program.pk, key=code_key())
    known = Code.objects.filter(digest=found, suffix=suffix).select_related("participant").first()
    if known:
        return known.participant.pk
    with transaction.atomic():
        participant = Participant.objects.create(program=program, made_on=today(program.timezone))
        row, is_new = Code.objects.get_or_create(
            program=program, digest=found, suffix=suffix, defaults={"participant": participant, "scheme": scheme}
        )
        if not is_new:
            participant.delete()
    return row.participant_id


def _checked(typed: str, scheme: CodeScheme) -> tuple[str, str]:
    """The normalised code and the letter that tells apart people who share it ("" for most)."""
    code = normalise(typed)
    if scheme.kind == CodeScheme.Kind.NONE:
        raise Refusal(_("This program does not use codes. Leave the code empty."))
    if scheme.kind == CodeScheme.Kind.RANDOM:
        if not is_random_code(code):
            raise Refusal(_("This card code has a mistake in it. Check it, or leave it empty."))
        return code, ""
    recipe = recipe_from(scheme.recipe)
    if fits_recipe(code, recipe):
        return code, ""
    if code[-1:] in SUFFIXES and fits_recipe(code[:-1], recipe):
        return code[:-1], code[-1]
    raise Refusal(_("This code does not follow the program's recipe. Check it, or leave it empty."))


def new_card(*, program: Program) -> str:
    """A random code that nobody holds yet, to print. Nothing is stored until it is first used."""
    while True:
        code = random_code()
        found = digest(code, program_id=program.pk, key=code_key())
        if not Code.objects.filter(digest=found).exists():
            return code


def merge(kept: Participant, other: Participant, *, program: Program, by_id: int) -> Change:
    """Count two participants as one person from now on, past contacts included."""
    if kept.pk == other.pk or (other.counted_as_id or other.pk) == (kept.counted_as_id or kept.pk):
        raise Refusal(_("These two are already counted as one person."))
    target = kept.counted_as or kept
    with transaction.atomic():
        moved = [other, *other.merged.all()]
        before = {str(each.pk): str(each.counted_as_id or "") for each in moved}
        Participant.objects.filter(pk__in=[each.pk for each in moved]).update(counted_as=target)
        return _changed(Change.Kind.MERGE, target, other, before, program, by_id)


def split(participant: Participant, *, program: Program, by_id: int) -> Change:
    """Two people share one recipe code: make a second participant, told apart by a letter after the code."""
    code = participant.codes.select_related("scheme").order_by("suffix").first()
    if code is None or code.scheme.kind != CodeScheme.Kind.RECIPE:
        raise Refusal(_("Only a code made by a recipe can belong to two people. Give this person a new card."))
    with transaction.atomic():
        used = set(Code.objects.filter(digest=code.digest).values_list("suffix", flat=True))
        free = [letter for letter in SUFFIXES if letter not in used]
        if not free:
            raise Refusal(_("This code is shared by too many people. Give this person a card."))
        other = Participant.objects.create(program=program, made_on=today(program.timezone))
        Code.objects.create(
            program=program, participant=other, scheme=code.scheme, digest=code.digest, suffix=free[0]
        )
        return _changed(Change.Kind.SPLIT, participant, other, {"suffix": free[0]}, program, by_id)


def replace_lost_card(participant: Participant, *, program: Program, by_id: int) -> tuple[Change, str]:
    """Mark the participant's cards lost and give a new code for the same person. The old code stays theirs."""
    scheme = current_scheme(program)
    if scheme.kind != CodeScheme.Kind.RANDOM:
        raise Refusal(_("This program makes codes by a recipe: there is no card to lose."))
    with transaction.atomic():
        lost = list(participant.codes.filter(is_lost=False).values_list("pk", flat=True))
        Code.objects.filter(pk__in=lost).update(is_lost=True)
        code = new_card(program=program)
        row = Code.objects.create(
            program=program,
            participant=participant,
            scheme=scheme,
            digest=digest(code, program_id=program.pk, key=code_key()),
        )
        change = _changed(
            Change.Kind.LOST, participant, None, {"lost": lost, "new": row.pk}, program, by_id
        )
    return change, code


def undo_change(change: Change, *, program: Program, by_id: int) -> None:
    """Put things back as they were before a merge, split or lost card."""
    with transaction.atomic():
        if not Change.objects.filter(pk=change.pk, undone_at=None).update(undone_at=now()):
            raise Refusal(_("This was already undone."))
        if change.kind == Change.Kind.MERGE:
            for participant_id, counted_as in change.before.items():
                Participant.objects.filter(pk=participant_id).update(counted_as=counted_as or None)
        elif change.kind == Change.Kind.SPLIT:
            Participant.objects.filter(pk=change.other_id).update(counted_as=change.kept.counted_as or change.kept)
        else:
            Code.objects.filter(pk__in=change.before["lost"]).update(is_lost=False)
            Code.objects.filter(pk=change.before["new"]).update(is_lost=True)
        record_audit("participants.undone", program_id=program.pk, by_id=by_id, target=str(change.pk))


def _changed(
    kind: Change.Kind,
    kept: Participant,
    other: Participant | None,
    before: dict[str, object],
    program: Program,
    by_id: int,
) -> Change:
    record_audit(f"participants.{kind.value}", program_id=program.pk, by_id=by_id, target=str(kept.pk))
    return Change.objects.create(
        id=uuid7(), program=program, kind=kind, kept=kept, other=other, before=before, at=now(), by_id=by_id
    )


def forget(participants: Sequence[Participant], *, program: Program, by_id: int) -> int:
    """Erase who somebody was: their codes and the participant go, contacts stay as contacts with nobody."""
    with transaction.atomic():
        ids = [each.pk for each in participants]
        Change.objects.filter(kept_id__in=ids).delete()
        Change.objects.filter(other_id__in=ids).delete()
        Participant.objects.filter(counted_as_id__in=ids).update(counted_as=None)
        Participant.objects.filter(pk__in=ids).delete()
        record_audit("participants.forgotten", program_id=program.pk, by_id=by_id, people=len(ids))
    return len(ids)
