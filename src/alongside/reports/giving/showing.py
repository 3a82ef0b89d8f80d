"""What the public page and the poster say. Made of numbers that were published, never of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from alongside.encounters.questions import Asked, all_questions
from alongside.reports.funders.publishing import MOST_HIDDEN
from alongside.reports.giving.figures import Given, figures_given
from alongside.reports.giving.releasing import EPSILON, QUARTERS
from alongside.reports.models import GiveBack, Released
from alongside.sites.models import Program

UNSAID = frozenset({"site", "day", "time", "each", "visit", "people"})
"""Of the contact itself: nobody is asked for these."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A figure of a quarter, in words."""

    given: Given
    figure: str
    within: int | None = None

    @property
    def is_about(self) -> bool:
        return self.within is not None

    @property
    def text(self) -> str:
        return _("about %(number)s") % {"number": self.figure} if self.is_about else self.figure


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """What was published about three months, and what that cost of the privacy budget."""

    start: date
    title: str
    numbers: Sequence[Number]
    epsilon: float


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The privacy budget of one person: what a quarter costs, and a year."""

    figure: float
    quarter: float
    year: float
    spent_this_year: float


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The page of a program, in the language that is active."""

    program: Program
    quarters: Sequence[Quarter]
    questions: Sequence[Asked]
    seen_by: Sequence[dict[str, Any]]
    budget: Budget

    @property
    def latest(self) -> Quarter | None:
        return self.quarters[0] if self.quarters else None


def page_of(program: Program, page: GiveBack) -> Shown:
    """Two questions to the database, neither of them to the ledger. In the program's scope."""
    quarters = list(_quarters(Released.objects.order_by("-start", "pk")))
    return Shown(
        program=program,
        quarters=quarters,
        questions=questions_asked(program),
        seen_by=[each | {"day": date.fromisoformat(each["day"])} for each in page.seen_by],
        budget=budget_of(quarters),
    )


def questions_asked(program: Program) -> list[Asked]:
    """What a person can be asked here, codes included."""
    gone = set(program.questions_removed) | UNSAID
    return [each for name, each in all_questions().items() if each.is_on_form and name not in gone]


def budget_of(quarters: Sequence[Quarter]) -> Budget:
    each_quarter = EPSILON * sum(each.needs_noise for each in figures_given())
    year = quarters[0].start.year if quarters else None
    spent = sum(quarter.epsilon for quarter in quarters if quarter.start.year == year)
    return Budget(figure=EPSILON, quarter=each_quarter, year=each_quarter * QUARTERS, spent_this_year=spent)


def _quarters(rows: Iterable[Released]) -> Iterable[Quarter]:
    by_start: dict[date, dict[str, Released]] = {}
    for row in rows:
        by_start.setdefault(row.start, {})[row.indicator] = row
    for start, released in by_start.items():
        numbers = [_number(each, released[each.name]) for each in figures_given() if each.name in released]
        epsilon = sum(row.epsilon or 0 for row in released.values())
        ends = {"start": date_format(start, "YEAR_MONTH_FORMAT"), "end": _last_month(released)}
        title = _("%(start)s to %(end)s") % ends
        yield Quarter(start=start, title=title, numbers=numbers, epsilon=epsilon)


def _last_month(released: dict[str, Released]) -> str:
    return date_format(next(iter(released.values())).end, "YEAR_MONTH_FORMAT")


def _number(given: Given, row: Released) -> Number:
    if row.value is None:
        return Number(given=given, figure=_("%(most)s or fewer") % {"most": MOST_HIDDEN})
    return Number(given=given, figure=number_format(row.value, force_grouping=True), within=row.within)
