"""What the desk shows of a person: how often they came and when last, nothing of what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from alongside.encounters.models import Encounter
from alongside.participants.models import Code, Participant
from alongside.participants.queries import current_scheme, group_of, scheme_size, sharing
from alongside.participants.recipes import Recipe, expected_pairs, recipe_from
from alongside.participants.rules import People, people_from_codes
from alongside.sites.models import Program

CROWDS = (200, 1000, 5000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One person as the desk may see them."""

    contacts: int
    last_day: date | None
    codes: int
    """How many codes stand for this person, after merges and lost cards."""
    shared_by: int
    is_lost: bool
    is_recipe: bool


def person_behind(code: Code) -> Person:
    group = group_of(code.participant)
    found = Encounter.objects.filter(participant__in=group, state=Encounter.State.LIVE).aggregate(
        contacts=Count("pk"), last_day=Max("day")
    )
    return Person(
        contacts=found["contacts"],
        last_day=found["last_day"],
        codes=Code.objects.filter(participant__in=group).count(),
        shared_by=sharing(code),
        is_lost=code.is_lost,
        is_recipe=code.scheme.kind == code.scheme.Kind.RECIPE,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """How well a way of making codes tells so many people apart."""

    people: int
    pairs: float
    told: People
    """What would be reported for that many codes."""


def crowds(size: int) -> list[Crowd]:
    return [
        Crowd(people=each, pairs=expected_pairs(each, size=size), told=people_from_codes(each, size=size))
        for each in CROWDS
    ]


def recipe_now(program: Program) -> Recipe | None:
    scheme = current_scheme(program)
    return recipe_from(scheme.recipe) if scheme.kind == scheme.Kind.RECIPE else None


def size_now(program: Program) -> int:
    return scheme_size(current_scheme(program))


def codes_in_use() -> int:
    """Participants with a code; merged ones count once."""
    return Participant.objects.filter(counted_as=None, codes__isnull=False).distinct().count()
