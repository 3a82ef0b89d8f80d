"""Questions about codes and participants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from alongside.kernel.errors import KeyAway, Refusal
from alongside.participants.models import Change, Code, CodeScheme, Participant
from alongside.participants.recipes import fits_recipe, recipe_from
from alongside.participants.rules import (
    NOBODY,
    RANDOM_SIZE,
    SUFFIXES,
    People,
    digest,
    is_random_code,
    normalise,
    people_from_codes,
)
from alongside.sites.models import Program


def code_key() -> bytes:
    """The HMAC key for codes: a file outside the database, perhaps on a stick. Raises KeyAway with a sentence."""
    try:
        return bytes(settings.CODE_KEY())
    except KeyAway:
        raise KeyAway(
            _("The key of the codes is not plugged in. Plug it in and try again, or leave the code out.")
        ) from None


def current_scheme(program: Program) -> CodeScheme:
    """How this program makes codes now; a program that never chose uses random cards."""
    scheme, _is_new = CodeScheme.objects.get_or_create(program=program, is_current=True)
    return scheme


def scheme_size(scheme: CodeScheme) -> int:
    """How many different codes there effectively are."""
    return recipe_from(scheme.recipe).size if scheme.kind == CodeScheme.Kind.RECIPE else RANDOM_SIZE


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a typed code: the scheme it fits, its digest, and the letter told apart by ("" for most).

    Holds no code: it may be kept as long as a request lasts.
    """

    scheme: CodeScheme
    digest: bytes
    suffix: str


def schemes_of(program: Program) -> list[CodeScheme]:
    """Every way in which the program ever made codes, today's first."""
    return [current_scheme(program), *CodeScheme.objects.filter(is_current=False).order_by("-pk")]


def readings_of(typed: str, *, program: Program, schemes: Sequence[CodeScheme] = ()) -> list[Reading]:
    """The ways a typed code can be read, today's scheme first: codes made under an older scheme go on working.

    Raises Refusal with a sentence if there is none. Who reads many codes brings `schemes_of` along.
    """
    schemes = schemes or schemes_of(program)
    code = normalise(typed)
    found = [
        Reading(scheme, digest(body, program_id=program.pk, key=code_key()), suffix)
        for scheme in schemes
        for body, suffix in _fitting(code, scheme)
    ]
    if not found:
        raise Refusal(_why_unreadable(schemes[0]))
    return found


def _fitting(code: str, scheme: CodeScheme) -> list[tuple[str, str]]:
    if scheme.kind == CodeScheme.Kind.RANDOM:
        return [(code, "")] if is_random_code(code) else []
    if scheme.kind == CodeScheme.Kind.NONE:
        return []
    recipe = recipe_from(scheme.recipe)
    whole = [(code, "")] if fits_recipe(code, recipe) else []
    lettered = code[-1:] in SUFFIXES and fits_recipe(code[:-1], recipe)
    return whole + ([(code[:-1], code[-1])] if code and lettered else [])


def _why_unreadable(current: CodeScheme) -> str:
    if current.kind == CodeScheme.Kind.NONE:
        return _("This program does not use codes. Leave the code empty.")
    if current.kind == CodeScheme.Kind.RANDOM:
        return _("This card code has a mistake in it. Check it, or leave it empty.")
    return _("This code does not follow the program’s recipe. Check it, or leave it empty.")


def code_among(readings: Sequence[Reading]) -> Code | None:
    """The stored code that a typed one turned out to be, or None if nobody has it yet."""
    rows = Code.objects.filter(digest__in=[each.digest for each in readings])
    stored = {(bytes(row.digest), row.suffix): row for row in rows.select_related("participant", "scheme")}
    return next((stored[key] for each in readings if (key := (each.digest, each.suffix)) in stored), None)


def find_code(typed: str, *, program: Program) -> Code | None:
    """Look a typed code up without making anything. Raises Refusal if it can't be one of this program's."""
    return code_among(readings_of(typed, program=program))


def known_code(typed: str, *, program: Program) -> Code:
    """Like `find_code`, but a code that nobody has is refused too."""
    code = find_code(typed, program=program)
    if code is None:
        raise Refusal(_("Nobody has this code yet. Check it."))
    return code


def known_participants(ids: set[UUID]) -> set[UUID]:
    """Those of the ids that are participants of this program."""
    return set(Participant.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def group_of(participant: Participant) -> list[Participant]:
    """Everybody counted as the same person, themselves included, as it stands now."""
    counted_as: UUID | None = Participant.objects.values_list("counted_as_id", flat=True).get(pk=participant.pk)
    root = counted_as or participant.pk
    return list(Participant.objects.filter(Q(pk=root) | Q(counted_as=root)).order_by("pk"))


def sharing(code: Code) -> int:
    """How many people are told apart by a letter after this code."""
    return Code.objects.filter(digest=code.digest).count()


def unique_people(participant_ids: Iterable[UUID] | Any) -> People:
    """How many people these participants are, with the interval for codes that people share.

    Takes ids or a query of ids. Each person is counted under the newest scheme they have a code of; somebody without
    any code (a shared code that was split off, history) is one person.
    """
    rows = (
        Participant.objects.filter(pk__in=participant_ids)
        .order_by()
        .values_list(Coalesce("counted_as_id", "pk"), "codes__scheme_id")
        .distinct()
    )
    newest: dict[UUID, int] = defaultdict(int)
    for root, scheme_id in rows.iterator():
        newest[root] = max(newest[root], scheme_id or 0)
    counts: dict[int, int] = defaultdict(int)
    for scheme_id in newest.values():
        counts[scheme_id] += 1
    sizes = {scheme.pk: scheme_size(scheme) for scheme in CodeScheme.objects.filter(pk__in=counts)}
    people = (people_from_codes(count, size=sizes.get(pk, RANDOM_SIZE)) for pk, count in counts.items())
    return sum(people, NOBODY)


def recent_changes() -> Any:
    """Merges, splits and lost cards, the newest first."""
    return Change.objects.select_related("by").order_by("-at", "-pk")
