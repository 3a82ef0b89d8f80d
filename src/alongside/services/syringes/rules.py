"""Used syringes that came back: counted, or estimated from the container they came in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Self

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
