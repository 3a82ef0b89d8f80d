"""Used syringes that came back, counted or estimated from their container; and how many new ones somebody needs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import ceil
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from alongside.kernel.errors import gettext_noop
from alongside.kernel.services import Payload

Containers = Annotated[Decimal, Field(ge=0, le=10_000, decimal_places=2)]


class SyringesReturned(Payload):
    """`count` as told or seen, `containers` by container key (0.5 is half full), or both.

    `estimate` is a number somebody else estimated before it came here, in a spreadsheet for instance.
    """

    count: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    estimate: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    containers: Annotated[dict[str, Containers], Field(max_length=50)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if self.count is None and self.estimate is None and not self.containers:
            raise ValueError(gettext_noop("Write how many syringes came back, or which containers."))
        return self


def estimated_syringes(containers: Mapping[str, Decimal], syringes_when_full: Mapping[str, int]) -> int:
    """Syringes in containers filled to a fraction, rounded to whole ones. Raises KeyError for an unknown container."""
    return round(sum((filled * syringes_when_full[key] for key, filled in containers.items()), Decimal(0)))


HOW_OFTEN: Mapping[str, int] = {
    "few-a-month": 4,
    "few-a-week": 16,
    "daily-1": 28,
    "daily-2": 56,
    "daily-3": 84,
    "daily-4": 112,
    "daily-6": 168,
    "daily-8": 224,
    "daily-10": 280,
}
"""Injections in 28 days, at the upper end of what the words mean. The keys are stored and never renamed."""
NEED_KIND = "syringes.need_told"
MOST_PEOPLE = 1000
LASTS_DAYS = 14
"""How long what somebody takes along should last."""
GENEROUS = Decimal("1.5")
"""Half as many again: syringes break, are lost and are shared out, and nobody comes back on the day."""
PACK = 10


class NeedTold(Payload):
    """How often they inject, and for how many people it is, themselves included. Kept only if they agreed."""

    how_often: (
        Literal[
            "few-a-month",
            "few-a-week",
            "daily-1",
            "daily-2",
            "daily-3",
            "daily-4",
            "daily-6",
            "daily-8",
            "daily-10",
        ]
        | None
    ) = None
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] | None = None
    agreed: Literal["yes"]


def suggested_for_one(how_often: str) -> int:
    """A generous number of syringes for one person, in whole packs."""
    needed = Decimal(HOW_OFTEN[how_often]) * LASTS_DAYS / 28 * GENEROUS
    return ceil(needed / PACK) * PACK


def suggested(how_often: str, *, people: int = 1) -> int:
    return suggested_for_one(how_often) * people
