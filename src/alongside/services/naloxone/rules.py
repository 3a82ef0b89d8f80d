"""Naloxone: kits, training and reversals, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from alongside.kernel.answers import Answer
from alongside.kernel.errors import Refusal, gettext_noop
from alongside.kernel.services import Payload

KIT_GIVEN = "naloxone.kit_given"
Quantity = Annotated[int, Field(ge=1, le=100_000)]
Why = Literal["used", "lost", "stolen", "taken", "expired", "given_away", "another_place", "other"]
Yes = Literal["yes", "no"]
MOST_REVERSALS_ON_A_LINE = 10_000


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) and value else value


Reasons = Annotated[tuple[Why, ...], BeforeValidator(_as_list), Field(max_length=8)]


class KitGiven(Payload):
    """Naloxone by catalogue key. `first` and `why` are asked only if it helps; nothing depends on them."""

    items: Annotated[dict[str, Quantity], Field(min_length=1, max_length=50)]
    lot: Annotated[str, Field(max_length=60)] = ""
    first: Answer[Literal["first", "refill"]] = None
    why: Reasons = ()


class PeopleTrained(Payload):
    """People shown how to respond to an overdose."""

    people: Annotated[int, Field(ge=0, le=10_000)]


class ReversalReported(Payload):
    """An overdose that somebody answered with naloxone. Only the doses are needed, and "don't know" will do."""

    doses: Annotated[int, Field(ge=1, le=100)] | Literal["unknown"]
    product: Answer[Annotated[str, Field(max_length=60)]] = None
    happened_on: Answer[date] = None
    area: Answer[Annotated[str, Field(max_length=10)]] = None
    """ZIP or the first part of a postcode at most, never an address."""
    told_by: Answer[Literal["self", "someone", "staff"]] = None
    survived: Answer[Yes] = None
    breathing_before: Answer[Yes] = None
    rescue_breathing: Answer[Yes] = None
    stayed: Answer[Yes] = None
    ambulance: Answer[Yes] = None
    police: Answer[Yes] = None


def doses_known(payload: ReversalReported) -> int | None:
    """Doses used, or None where the person did not know."""
    return payload.doses if isinstance(payload.doses, int) else None


def reversals_of_line(figures: Mapping[str, int]) -> list[dict[str, Any]]:
    """One report for each reversal on a line of a spreadsheet.

    Doses that a line gives for several reversals together can't be shared out: each is then "unknown".
    Raises Refusal for more than anybody can have been told.
    """
    doses = figures.get("doses", 0)
    count = figures.get("count", 1 if doses else 0)
    if count > MOST_REVERSALS_ON_A_LINE:
        raise Refusal(gettext_noop("One line holds at most 10,000 reversals. Check the number, or split the line."))
    return [{"doses": doses if doses and count == 1 else "unknown"} for _ in range(count)]
