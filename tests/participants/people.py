"""A program whose codes are random cards or a recipe, and contacts of people with codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from alongside.accounts.models import User
from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.ingest import ingest
from alongside.encounters.submissions import Receipt, Said, Sender, Submission
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.participants.actions import choose_scheme, new_cards, recognise
from alongside.participants.models import Code, CodeScheme, Participant
from alongside.participants.queries import find_code
from alongside.participants.recipes import Recipe, example_recipes
from alongside.sites.models import Program
from tests.programs import site_of

SHORT: Recipe = example_recipes()[0]


def use_recipe(program: Program, by: User, recipe: Recipe = SHORT) -> None:
    choose_scheme(CodeScheme.Kind.RECIPE, recipe=recipe, program=program, by_id=by.pk)


def new_card(program: Program) -> str:
    return new_cards(1, program=program)[0]


def person(program: Program, code: str = "") -> Participant:
    """Whoever holds the code, or somebody with a new card."""
    pk = recognise(code or new_card(program), program=program)
    found: Participant = Participant.objects.get(pk=pk)
    return found


def code_of(program: Program, typed: str) -> Code:
    found = find_code(typed, program=program)
    assert found is not None
    return found


def contact(
    program: Program,
    by: User,
    *,
    participant: UUID | None = None,
    entries: tuple[Said, ...] = (),
    **said: Any,
) -> tuple[Submission, Receipt]:
    submission = Submission(
        id=said.pop("id", None) or uuid7(),
        site_id=site_of(program).pk,
        occurred_at=said.pop("occurred_at", None) or now(),
        participant_id=participant,
        entries=entries or (Said("syringes.returned", 1, {"count": 3}),),
        **said,
    )
    return submission, ingest([submission], sender=sender(program, by))[0]


def sender(program: Program, by: User) -> Sender:
    return Sender(program=program, user_id=by.pk, permissions=frozenset(PERMISSIONS), door="desk")


def at(day: int) -> datetime:
    return now().replace(year=2026, month=3, day=day)
