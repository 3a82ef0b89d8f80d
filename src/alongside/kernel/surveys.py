"""What a survey says, for reports that know nothing of surveys: one question, or coverage, as a table of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

COVERAGE = "coverage"
BY = " by "


@dataclass(frozen=True, kw_only=True)
class SurveyNumber:
    """A share in percent with its 95 % interval, or a number of people. `key` is the same in every language."""

    key: str
    label: str
    value: int | Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    is_percent: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class SurveyTable:
    numbers: Sequence[SurveyNumber]
    notes: Sequence[str]
    """Which survey, who is in it, and how it is weighted."""


def is_about_survey(asked: str) -> bool:
    """Whether it can be asked of a survey: a question's key, "coverage", or "coverage by" a question's key."""
    name = asked.removeprefix(COVERAGE + BY)
    return bool(name) and name.replace("_", "").replace("-", "").isalnum() and name.islower()
