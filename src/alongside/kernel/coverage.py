"""Syringe coverage, written once: what one person had, what somebody was given for their need, and a whole area.

Sources: O'Keefe et al., BMC Health Services Research 2016 (one person: acquired less given away, per injection);
KenyaEMR's "per need" indicator (a month: given against the need told, or 28 times what is told for a day); UNAIDS GAM
and WHO (an area: syringes a year for each person who injects). A syringe is a barrel: a needle by itself is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ENOUGH_PERCENT = 100
DAYS_OF_NEED = 28
"""What a month is taken to be where somebody told what they need for a day."""
MID_FROM, HIGH_ABOVE, GOAL = 100, 200, 300
"""Syringes a year for each person who injects."""


class Met(StrEnum):
    """What is known of somebody's coverage. A need that nobody knows is never a need of nothing."""

    ENOUGH = "enough"
    TOO_FEW = "too_few"
    NO_NEED = "no_need"
    NOT_KNOWN = "not_known"


class Band(StrEnum):
    LOW = "low"
    MID = "mid"
    HIGH = "high"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One person's answers about the same days; None for what is not known. `groups` is for figures by group."""

    acquired: int | None
    given_away: int | None
    injections: int | None
    groups: Mapping[str, str] = field(default_factory=dict)


def percent_covered(told: Told) -> float | None:
    """100 x (acquired - given away) / injections; None if one of them is not known or there was no injection."""
    if told.acquired is None or told.given_away is None or not told.injections:
        return None
    return 100 * max(0, told.acquired - told.given_away) / told.injections


def met_by(told: Told) -> Met:
    if told.injections == 0:
        return Met.NO_NEED
    percent = percent_covered(told)
    if percent is None:
        return Met.NOT_KNOWN
    return Met.ENOUGH if percent >= ENOUGH_PERCENT else Met.TOO_FEW


def month_need(*, told_for_month: int | None, told_for_day: float | None) -> float | None:
    """Syringes needed in a month; None if nobody knows. Zero is an answer, and not the same as no answer."""
    if told_for_month is not None:
        return told_for_month
    return None if told_for_day is None else told_for_day * DAYS_OF_NEED


def met_in_month(*, given: int, need: float | None) -> Met:
    if need is None:
        return Met.NOT_KNOWN
    if need == 0:
        return Met.NO_NEED
    return Met.ENOUGH if given >= need else Met.TOO_FEW


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many were covered, of how many whose need is known; and who is in neither number."""

    enough: int
    too_few: int
    no_need: int = 0
    not_known: int = 0

    @property
    def known(self) -> int:
        """The denominator: who needs syringes, and of whom it is known whether they had enough."""
        return self.enough + self.too_few

    @property
    def asked_about(self) -> int:
        return self.known + self.no_need + self.not_known

    @property
    def percent_enough(self) -> float | None:
        return 100 * self.enough / self.known if self.known else None

    @property
    def percent_not_known(self) -> float | None:
        return 100 * self.not_known / self.asked_about if self.asked_about else None


def counted(every: Iterable[Met]) -> Count:
    found = list(every)
    return Count(**{met.value: found.count(met) for met in Met})


def syringes_per_person(given_in_12_months: int, *, people: int) -> float:
    """For an area. Raises ValueError without anybody to share among."""
    if people <= 0:
        raise ValueError("Coverage of an area needs the number of people who inject there.")
    return given_in_12_months / people


def band_of(per_person: float) -> Band:
    if per_person < MID_FROM:
        return Band.LOW
    return Band.HIGH if per_person > HIGH_ABOVE else Band.MID
