"""Syringe coverage at three levels: one person, the program against told need, a whole area. See kernel.coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from alongside.encounters.counting import as_text, person_number
from alongside.encounters.people import counted_as
from alongside.encounters.registry import registry
from alongside.kernel.coverage import (
    Band,
    Count,
    Met,
    Told,
    band_of,
    counted,
    met_by,
    met_in_month,
    month_need,
    percent_covered,
    syringes_per_person,
)
from alongside.kernel.indicators import Facts, PeopleIndicator, Period
from alongside.participants.models import Participant
from alongside.reports.catalogue import all_indicators
from alongside.reports.models import PopulationEstimate
from alongside.reports.periods import first_of_month, last_of_month, months_in, months_later
from alongside.reports.reading import count_period, people_seen

GIVEN, SEEN, NEEDS = "distribution.syringes_given", "distribution.people_given_syringes", "syringes.needs_told"
MONTHS_A_NEED_HOLDS = 12
FEW = 500
"""People to name in a question; of more, everybody is read."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A level of coverage, defined in words for the page and the docs."""

    name: str
    version: int
    title: Any
    definition: Any
    denominator: Any
    source: Any


MEASURES = (
    Measure(
        name="coverage.person",
        version=1,
        title=_("Coverage of each person"),
        definition=_(
            "Of the people who answered a survey and inject: the share who had a new syringe for every injection of "
            "the last 14 days. Worked out for each person as 100 times syringes acquired less syringes given away, "
            "divided by injections; 100 or more is enough."
        ),
        denominator=_("People who injected and said all three numbers."),
        source=_("Surveys that began in the period (O’Keefe et al., BMC Health Services Research 2016)."),
    ),
    Measure(
        name="coverage.program",
        version=1,
        title=_("Coverage of told need"),
        definition=_(
            "Of the months of people with a code whose need is known: the share in which they were given at least as "
            "many syringes as they need in a month. The need is what they last told at the desk in twelve months, for "
            "all they collect for: 28 times what they inject on a day. A need that nobody knows is never a need of "
            "nothing, and no month is counted twice. Months are counted whole; the running one is left out."
        ),
        denominator=_("Months of people with a code, given syringes or telling their need, whose need is known."),
        source=_("Syringes given and needs told, recorded with contacts (as KenyaEMR’s syringes per need)."),
    ),
    Measure(
        name="coverage.population",
        version=1,
        title=_("Coverage of the area"),
        definition=_(
            "Syringes given in twelve months for each person who injects in the area. Under 100 is low, 100 to 200 is "
            "mid, over 200 is high; the goal for 2030 is 300. Barrels are counted: a needle by itself is no syringe."
        ),
        denominator=_("People who inject in the area, as estimated by somebody who is named beside it."),
        source=_("Syringes given (UNAIDS GAM, WHO), and the estimate that was entered on this page."),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Persons:
    """What surveys say: how many were covered, and the median of everybody's percentage."""

    count: Count
    median_percent: float | None


@dataclass(frozen=True, kw_only=True)
class Area:
    """Syringes for each person who injects, with the estimate's own uncertainty."""

    syringes: int
    estimate: PopulationEstimate
    per_person: float
    low: float
    high: float

    @property
    def band(self) -> Band:
        return band_of(self.per_person)


def coverage_of_persons(period: Period) -> Persons:
    told = list(_told(period))
    percents = sorted(percent for each in told if (percent := percent_covered(each)) is not None)
    return Persons(count=counted(met_by(each) for each in told), median_percent=_median(percents))


def _told(period: Period) -> Iterator[Told]:
    for service in registry:
        if service.coverage_told:
            yield from service.coverage_told(period)


def _median(values: Sequence[float]) -> float | None:
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def whole_months(period: Period, *, today: date) -> Period | None:
    """The months that the period touches and that are over; a need of a month can't be met by half of one."""
    start, end = first_of_month(period.start), min(last_of_month(period.end), first_of_month(today) - timedelta(days=1))
    return Period(start=start, end=end) if start <= end else None


def coverage_of_need(period: Period, *, today: date) -> Count:
    """Months of people, each counted once: what was given is added up before it meets the need."""
    whole = whole_months(period, today=today)
    return counted(_met_in(whole)) if whole else Count(enough=0, too_few=0)


def _met_in(period: Period) -> Iterator[Met]:
    """`period` is made of whole months."""
    needs = _Needs(period)
    given = _given_by_month(filter(needs.known_in, months_in(period)), needs.texts)
    for month, people in _people_by_month(period).items():
        for person in people | needs.told_in(month):
            need = month_need(told_for_month=needs.in_month(person, month), told_for_day=None)
            yield met_in_month(given=given[month, person], need=need)


class _Needs:
    """What each person told, month by month; two who were found to be one person are one."""

    def __init__(self, period: Period) -> None:
        self.texts: dict[str, int] = {}
        self._told: dict[int, dict[date, int]] = defaultdict(dict)
        joined = counted_as()
        rows = _facts(NEEDS).rows().filter(day__lte=period.end).exclude(person=None).order_by("day", "pk")
        for text, day, injections, people in rows.values_list("person", "day", "injections", "people"):
            number = person_number(text)
            person = self.texts[text] = joined.get(number, number)
            self._told[person][first_of_month(day)] = injections * people
        self._first = min((min(told) for told in self._told.values()), default=None)
        self._add_joined(joined)

    def _add_joined(self, joined: Mapping[int, int]) -> None:
        """What one of two was given counts for both, whichever of them told the need."""
        merged = Participant.objects.filter(counted_as__isnull=False)
        for pair in merged.values_list(as_text("id"), as_text("counted_as_id")):
            for text in pair:
                number = person_number(text)
                person = joined.get(number, number)
                if person in self._told:
                    self.texts[text] = person

    def told_in(self, month: date) -> set[int]:
        return {person for person, told in self._told.items() if month in told}

    def known_in(self, month: date) -> bool:
        """Whether anybody had told a need by then."""
        return self._first is not None and self._first <= month

    def in_month(self, person: int, month: date) -> int | None:
        """The last one told up to this month, if it is not too old."""
        oldest = months_later(month, 1 - MONTHS_A_NEED_HOLDS)
        months = [each for each in self._told.get(person, ()) if oldest <= each <= month]
        return self._told[person][max(months)] if months else None


def _people_by_month(period: Period) -> Mapping[date, set[int]]:
    """Who was given syringes in each month; records whose month is not known are in none."""
    indicator = all_indicators()[SEEN]
    assert isinstance(indicator, PeopleIndicator)  # noqa: S101 (its name says so)
    found: dict[date, set[int]] = {month: set() for month in months_in(period)}
    seen = people_seen([indicator], period, is_asked=lambda _site: True)[SEEN]
    for (year, month, _site), people in seen.people.items():
        if month is not None:
            found[date(year, month, 1)] |= people
    return found


def _given_by_month(months: Iterable[date], people: Mapping[str, int]) -> Mapping[tuple[date, int], int]:
    """Barrels by month and person, of those whose need is known: one question a month."""
    given: dict[tuple[date, int], int] = defaultdict(int)
    rows = _facts(GIVEN).rows().exclude(precision="y").order_by()
    if len(people) <= FEW:
        rows = rows.filter(person__in=list(people))
    for month in months:
        in_month = rows.filter(day__gte=month, day__lte=last_of_month(month))
        for text, barrels in in_month.values_list("person").annotate(given=Sum("barrels")):
            if text in people:
                given[month, people[text]] += barrels
    return given


def _facts(name: str) -> Facts:
    facts = all_indicators()[name].facts
    assert facts is not None  # noqa: S101 (both are counted from facts)
    return facts


def twelve_months_to(end: date) -> Period:
    return Period(start=months_later(first_of_month(end), -11), end=last_of_month(end))


def coverage_of_area(end: date) -> Area | None:
    """The twelve months up to the one of `end`; None until somebody entered how many people inject."""
    estimate = PopulationEstimate.objects.order_by("pk").last()
    if estimate is None:
        return None
    syringes = given_in(twelve_months_to(end))
    return Area(
        syringes=syringes,
        estimate=estimate,
        per_person=syringes_per_person(syringes, people=estimate.people),
        low=syringes_per_person(syringes, people=estimate.high),
        high=syringes_per_person(syringes, people=estimate.low),
    )


def given_in(period: Period) -> int:
    """Barrels: what the catalogue says a unit holds, never barrels and needles."""
    return _sum(count_period(period, names=[GIVEN]).cells[GIVEN])


def _sum(cells: Iterable[Any]) -> int:
    return sum(cell.value for cell in cells)
