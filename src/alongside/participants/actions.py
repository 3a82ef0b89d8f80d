"""Verbs on codes and participants. Each one that joins or parts people can be undone, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.kernel.clock import now, today
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.participants.models import Change, Code, CodeScheme, Participant
from alongside.participants.queries import Reading, code_among, code_key, current_scheme, group_of, readings_of
from alongside.participants.recipes import Recipe
from alongside.participants.rules import SUFFIXES, digest, joined, random_code
from alongside.sites.audit import record_audit
from alongside.sites.models import Program

MOST_CARDS = 200


def recognise(typed: str, *, program: Program) -> UUID | None:
    """The participant a typed code stands for, made on first use; None if no code was given.

    Raises Refusal with a sentence if the code can't be one of this program's. The code itself is never stored.
    """
    if not typed.strip():
        return None
    readings = readings_of(typed, program=program)
    known = code_among(readings)
    return known.participant_id if known else _first_use(readings[0], readings, program)


def _first_use(reading: Reading, readings: Sequence[Reading], program: Program) -> UUID:
    """Make the participant and the code together. Of two requests at once, one is refused by the database and reads
    what the other one wrote: there is never a second participant for one code.
    """
    if refusal := new_code_refusal(reading):
        raise refusal
    try:
        with transaction.atomic():
            participant = Participant.objects.create(program=program, made_on=today(program.timezone))
            _add_code(participant, reading.scheme, reading.digest)
    except IntegrityError:
        known = code_among(readings)
        if known is None:
            raise
        return known.participant_id
    return participant.pk


def new_code_refusal(reading: Reading) -> Refusal | None:
    """Why a code that nobody has yet can't be given to somebody now."""
    if not reading.suffix and reading.scheme.is_current:
        return None
    return Refusal(_("Nobody has this code yet, and it does not follow today’s way of making codes. Check it."))


def _add_code(participant: Participant, scheme: CodeScheme, digest: bytes, suffix: str = "") -> Code:
    code: Code = Code.objects.create(
        program_id=participant.program_id, participant=participant, scheme=scheme, digest=digest, suffix=suffix
    )
    return code


def new_cards(count: int, *, program: Program) -> list[str]:
    """Random codes that nobody holds yet, to print. Nothing is stored until a card is first used."""
    codes: dict[bytes, str] = {}
    while len(codes) < min(count, MOST_CARDS):
        code = random_code()
        codes[digest(code, program_id=program.pk, key=code_key())] = code
        for taken in Code.objects.filter(digest__in=list(codes)).values_list("digest", flat=True):
            del codes[bytes(taken)]
    return list(codes.values())


def merge(kept: Participant, other: Participant, *, program: Program, by_id: int) -> Change:
    """Count two participants as one person from now on, past contacts included."""
    with transaction.atomic():
        lock_people(program)
        if other.pk in {each.pk for each in group_of(kept)}:
            raise Refusal(_("These two are already counted as one person."))
        change = _changed(Change.Kind.MERGE, kept, other, {}, program, by_id)
        _count_again()
    return change


def split(code: Code, *, program: Program, by_id: int) -> tuple[Change, str]:
    """Two people share one recipe code: make a second participant, told apart by a letter written after the code."""
    if code.scheme.kind != CodeScheme.Kind.RECIPE:
        raise Refusal(_("Only a code made by a recipe can belong to two people. Give this person a new card."))
    with transaction.atomic():
        lock_people(program)
        used = set(Code.objects.filter(digest=code.digest).values_list("suffix", flat=True))
        free = [letter for letter in SUFFIXES if letter not in used]
        if not free:
            raise Refusal(_("This code is shared by too many people. Give this person a card."))
        other = Participant.objects.create(program=program, made_on=today(program.timezone))
        _add_code(other, code.scheme, bytes(code.digest), free[0])
        change = _changed(Change.Kind.SPLIT, code.participant, other, {"suffix": free[0]}, program, by_id)
    return change, free[0]


def replace_lost_card(participant: Participant, *, program: Program, by_id: int) -> tuple[Change, str]:
    """Mark the person's cards lost and give a new code for the same person. An old card that turns up stays theirs."""
    scheme = current_scheme(program)
    if scheme.kind != CodeScheme.Kind.RANDOM:
        raise Refusal(_("This program has no cards now: codes are made by a recipe, or not at all."))
    with transaction.atomic():
        lock_people(program)
        cards = Code.objects.filter(participant__in=group_of(participant), scheme__kind=CodeScheme.Kind.RANDOM)
        lost = list(cards.filter(is_lost=False).values_list("pk", flat=True))
        [code] = new_cards(1, program=program)
        new = _add_code(participant, scheme, digest(code, program_id=program.pk, key=code_key()))
        change = _changed(Change.Kind.LOST, participant, None, {"lost": lost, "new": new.pk}, program, by_id)
        _mark_lost_again(participant)
    return change, code


def undo_change(change: Change, *, program: Program, by_id: int) -> None:
    """Put things back as they were before a merge, split or lost card, whatever was changed since."""
    with transaction.atomic():
        lock_people(program)
        if not Change.objects.filter(pk=change.pk, undone_at=None).update(undone_at=now()):
            raise Refusal(_("This was already undone."))
        if change.kind == Change.Kind.LOST:
            _mark_lost_again(change.kept)
        else:
            _count_again()
        record_audit("participants.undone", program_id=program.pk, by_id=by_id, target=str(change.pk))


def lock_people(program: Program) -> None:
    """One change to who is who at a time, so that each sees what the last one did."""
    Program.objects.select_for_update().get(pk=program.pk)


def _count_again() -> None:
    """Set `counted_as` from all the merges and undone splits there are: nothing depends on their order."""
    pairs = Change.objects.exclude(kind=Change.Kind.LOST).values_list("kind", "kept_id", "other_id", "undone_at")
    as_one = joined(
        (kept, other) for kind, kept, other, undone_at in pairs if (kind == Change.Kind.MERGE) == (undone_at is None)
    )
    was = dict(Participant.objects.exclude(counted_as=None).values_list("pk", "counted_as_id"))
    for pk in was.keys() | as_one.keys():
        root = as_one.get(pk, pk)
        if was.get(pk, pk) != root:
            Participant.objects.filter(pk=pk).update(counted_as=None if root == pk else root)


def _mark_lost_again(participant: Participant) -> None:
    """A card is lost if it was reported so, or if the report that brought it was undone."""
    changes = Change.objects.filter(kind=Change.Kind.LOST, kept__in=group_of(participant))
    reports = list(changes.values_list("before", "undone_at"))
    lost = {pk for before, undone_at in reports if undone_at is None for pk in before["lost"]}
    lost |= {before["new"] for before, undone_at in reports if undone_at is not None}
    codes = Code.objects.filter(participant__in=group_of(participant))
    codes.filter(pk__in=lost).update(is_lost=True)
    codes.exclude(pk__in=lost).update(is_lost=False)


def _changed(
    kind: Change.Kind,
    kept: Participant,
    other: Participant | None,
    before: dict[str, object],
    program: Program,
    by_id: int,
) -> Change:
    """The audit names the change, not the participants: it can't be erased, and they must be erasable."""
    change: Change = Change.objects.create(
        id=uuid7(), program=program, kind=kind, kept=kept, other=other, before=before, at=now(), by_id=by_id
    )
    record_audit(f"participants.{kind.value}", program_id=program.pk, by_id=by_id, target=str(change.pk))
    return change


def choose_scheme(kind: CodeScheme.Kind, *, recipe: Recipe | None = None, program: Program, by_id: int) -> CodeScheme:
    """Make codes this way from now on. Codes that people have go on working."""
    with transaction.atomic():
        lock_people(program)
        CodeScheme.objects.filter(is_current=True).update(is_current=False)
        scheme: CodeScheme = CodeScheme.objects.create(
            program=program, kind=kind, recipe=recipe.as_data() if recipe else {}
        )
        record_audit("participants.scheme_chosen", program_id=program.pk, by_id=by_id, target=str(scheme.pk))
    return scheme


def forget(participants: Sequence[Participant]) -> None:
    """Delete who somebody was: codes, changes and the participants. `encounters.erasure.erase` is the whole of it."""
    ids = [each.pk for each in participants]
    Change.objects.filter(kept_id__in=ids).delete()
    Change.objects.filter(other_id__in=ids).delete()
    Participant.objects.filter(counted_as_id__in=ids).update(counted_as=None)
    Participant.objects.filter(pk__in=ids).delete()
    _count_again()
