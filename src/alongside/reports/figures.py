"""A report: each figure of a period in all, by month, by site and by what it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from alongside.encounters.models import Encounter
from alongside.encounters.people import estimator
from alongside.kernel.indicators import Beside, Cell, Estimate, Indicator, PeopleIndicator, Period
from alongside.reports.catalogue import all_indicators, listed_indicators, parts_of
from alongside.reports.ledger import Place
from alongside.reports.periods import first_of_month, last_day_so_far, last_of_month, months_in
from alongside.reports.reading import Counted, Seen, count_period, people_seen
from alongside.reports.wording import left_out_in_words, month_in_words, sentence_of
from alongside.sites.models import Site

Month = tuple[int, int | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """A figure; an estimate has its interval."""

    value: int
    low: int | None = None
    high: int | None = None

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.low != self.high


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row of a table: a month ("2026-03", or "2015" where only the year is known), a site, an item."""

    key: str
    label: str
    amount: Amount
    is_running: bool = False
    """A month that is not over yet."""

    @property
    def is_year_only(self) -> bool:
        return len(self.key) == 4 and self.key.isdecimal()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finest:
    """One figure at the finest that is known: month, site, and item or the like."""

    year: int
    month: int | None
    site: str
    detail: str
    detail_label: str
    amount: Amount


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a report is asked: a period, perhaps one site."""

    period: Period
    today: date
    site_id: int | None = None

    def months(self, present: Collection[Month]) -> list[Month]:
        """The months up to today, empty ones too, and years whose month is unknown before their first month.

        A year of which nothing but the year is known has no empty months: they would say that nothing happened.
        """
        so_far = Period(start=self.period.start, end=last_day_so_far(self.period, today=self.today))
        only_years = {year for year, month in present if month is None} - {year for year, month in present if month}
        every = {(month.year, month.month) for month in months_in(so_far) if month.year not in only_years}
        return sorted(every | set(present), key=lambda each: (each[0], each[1] or 0))

    def is_asked(self, site_id: int) -> bool:
        return self.site_id in {None, site_id}


class Figure:
    """One figure of a report. Its tables are worked out when somebody looks at them."""

    adds_up = True

    def __init__(self, indicator: Indicator, question: Question, sites: Mapping[int, str]) -> None:
        self.indicator = indicator
        self._question = question
        self._site_names = sites
        self.notes: list[str] = []
        self.base = ""
        """Out of what: the denominator in words, where there is one."""

    @property
    def name(self) -> str:
        return self.indicator.name

    @property
    def is_estimate(self) -> bool:
        return bool(self.indicator.estimate_reason)

    @cached_property
    def total(self) -> Amount:
        raise NotImplementedError

    @cached_property
    def months(self) -> list[Line]:
        amounts = self._by_month()
        running = (self._question.today.year, self._question.today.month)
        return [
            Line(
                key=month_key(*month),
                label=month_in_words(*month, is_running=month == running),
                amount=amounts.get(month, self._none()),
                is_running=month == running,
            )
            for month in self._question.months(amounts)
        ]

    @cached_property
    def sites(self) -> list[Line]:
        lines = (
            Line(key=str(site_id), label=self._site_names.get(site_id, str(site_id)), amount=amount)
            for site_id, amount in self._by_site().items()
        )
        return sorted(lines, key=_largest_first)

    @cached_property
    def details(self) -> list[Line]:
        return []

    @property
    def detail_title(self) -> Any:
        return self.indicator.detail_title

    @property
    def details_note(self) -> Any:
        """What to know about details that are not simply parts of the figure."""
        return ""

    def finest(self) -> Iterator[Finest]:
        raise NotImplementedError

    def _by_month(self) -> Mapping[Month, Amount]:
        raise NotImplementedError

    def _by_site(self) -> Mapping[int, Amount]:
        raise NotImplementedError

    def _none(self) -> Amount:
        return Amount(value=0)


class CountedFigure(Figure):
    """Contacts, items, doses: every cell counts, and cells add up."""

    def __init__(
        self,
        indicator: Indicator,
        question: Question,
        sites: Mapping[int, str],
        *,
        cells: list[Cell],
        details: tuple[Indicator, list[Cell]] | None = None,
    ) -> None:
        super().__init__(indicator, question, sites)
        self._cells = cells
        self._detail_indicator, self._detail_cells = details or (indicator, cells)

    @cached_property
    def total(self) -> Amount:
        return Amount(value=sum(cell.value for cell in self._cells))

    @property
    def detail_title(self) -> Any:
        return self._detail_indicator.detail_title

    @property
    def details_note(self) -> Any:
        return self._detail_indicator.definition if self._detail_indicator is not self.indicator else ""

    @cached_property
    def details(self) -> list[Line]:
        if not self.detail_title:
            return []
        names = self._detail_names
        amounts = _summed(self._detail_cells, lambda cell: cell.detail)
        lines = (Line(key=key, label=str(names.get(key, key)), amount=amount) for key, amount in amounts.items())
        return sorted(lines, key=_largest_first)

    @cached_property
    def _detail_names(self) -> Mapping[str, Any]:
        return self._detail_indicator.detail_names()

    def finest(self) -> Iterator[Finest]:
        cells = _summed(self._cells, lambda cell: (cell.year, cell.month or 0, cell.site_id, cell.detail))
        names = self.indicator.detail_names()
        for (year, month, site_id, detail), amount in sorted(cells.items()):
            yield Finest(
                year=year,
                month=month or None,
                site=self._site_names.get(site_id, str(site_id)),
                detail=detail,
                detail_label=str(names.get(detail, detail)),
                amount=amount,
            )

    def _by_month(self) -> Mapping[Month, Amount]:
        return _summed(self._cells, lambda cell: (cell.year, cell.month))

    def _by_site(self) -> Mapping[int, Amount]:
        return _summed(self._cells, lambda cell: cell.site_id)


class PeopleFigure(Figure):
    """Different people: months and sites overlap, so each is counted for itself."""

    adds_up = False

    def __init__(
        self,
        indicator: PeopleIndicator,
        question: Question,
        sites: Mapping[int, str],
        *,
        people: Mapping[Place, set[int]],
        estimate: Callable[[Collection[int]], Estimate],
    ) -> None:
        super().__init__(indicator, question, sites)
        self._people = people
        self._estimate = estimate

    @cached_property
    def total(self) -> Amount:
        return self._amount(set().union(*self._people.values()))

    def in_every_month(self) -> Amount:
        """People who were seen in each month so far; records of whole years can't say so."""
        by_month: dict[Month, set[int]] = {month: set() for month in self._question.months(()) if month[1]}
        for (year, month, _site_id), people in self._people.items():
            if (year, month) in by_month:
                by_month[year, month] |= people
        return self._amount(set.intersection(*by_month.values()) if by_month else set())

    def finest(self) -> Iterator[Finest]:
        for (year, month, site_id), people in sorted(self._people.items(), key=lambda each: _sortable(each[0])):
            yield Finest(
                year=year,
                month=month,
                site=self._site_names.get(site_id, str(site_id)),
                detail="",
                detail_label="",
                amount=self._amount(people),
            )

    def _by_month(self) -> Mapping[Month, Amount]:
        return self._united(lambda place: place[:2])

    def _by_site(self) -> Mapping[int, Amount]:
        return self._united(lambda place: place[2])

    def _united(self, key: Callable[[Place], Any]) -> dict[Any, Amount]:
        groups: dict[Any, set[int]] = defaultdict(set)
        for place, people in self._people.items():
            groups[key(place)] |= people
        return {each: self._amount(people) for each, people in groups.items()}

    def _amount(self, people: Collection[int]) -> Amount:
        estimate: Estimate = self._estimate(people)
        return Amount(value=estimate.value, low=estimate.low, high=estimate.high)

    def _none(self) -> Amount:
        return Amount(value=0, low=0, high=0)


@dataclass(frozen=True, kw_only=True)
class Report:
    """Figures by name, in the order they are shown."""

    question: Question
    site_name: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class _Cells:
    """What was counted, as far as the question asks for its site."""

    question: Question
    counted: Counted

    def of(self, names: Iterable[str]) -> list[Cell]:
        return [
            cell for name in names for cell in self.counted.cells.get(name, ()) if self.question.is_asked(cell.site_id)
        ]

    def total(self, name: str) -> int:
        return sum(cell.value for cell in self.of([name]))

    def left_out(self, names: Iterable[str]) -> int:
        cells = (cell for name in names for cell in self.counted.left_out.get(name, ()))
        return sum(cell.value for cell in cells if self.question.is_asked(cell.site_id))


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What the figures of one report are made of."""

    cells: _Cells
    seen: Mapping[str, Seen]
    estimate: Callable[[Collection[int]], Estimate] | None


def make_report(question: Question, *, names: Collection[str] = ()) -> Report:
    """The named figures, or all of them. Has to be called inside the program's scope."""
    chosen = [all_indicators()[name] for name in names] if names else list(listed_indicators())
    of_people = [each for each in chosen if isinstance(each, PeopleIndicator)]
    gathered = Gathered(
        cells=_Cells(question, count_period(question.period, names=_names_to_count(chosen))),
        seen=people_seen(of_people, question.period, is_asked=question.is_asked),
        estimate=estimator() if of_people else None,
    )
    sites = dict(Site.objects.values_list("pk", "name"))
    figures = {each.name: _figure(each, question, sites, gathered) for each in chosen}
    site_name = sites.get(question.site_id, "") if question.site_id else ""
    return Report(question=question, site_name=site_name, figures=figures)


def everything(*, today: date) -> Period:
    """From the month of the first contact that counts to that of the last; this month if there is none."""
    live = Encounter.objects.filter(state=Encounter.State.LIVE)
    first = live.order_by("day").values_list("day", flat=True).first() or today
    last, precision = live.order_by("-day").values_list("day", "precision").first() or (today, "d")
    if precision == Encounter.Precision.YEAR:
        last = last.replace(month=12)
    return Period(start=first_of_month(first), end=last_of_month(last))


def _names_to_count(chosen: Iterable[Indicator]) -> list[str]:
    names: dict[str, None] = {}
    for indicator in chosen:
        beside = [each.indicator for each in _beside(indicator)]
        own = [] if isinstance(indicator, PeopleIndicator) else parts_of(indicator.name)
        names |= dict.fromkeys([*own, *beside, *([indicator.details_from] if indicator.details_from else [])])
    return list(names)


def _beside(indicator: Indicator) -> list[Beside]:
    return [*indicator.beside, *([indicator.denominator] if indicator.denominator else [])]


def _figure(indicator: Indicator, question: Question, sites: Mapping[int, str], gathered: Gathered) -> Figure:
    cells = gathered.cells
    if isinstance(indicator, PeopleIndicator) and gathered.estimate:
        seen = gathered.seen[indicator.name]
        figure: Figure = PeopleFigure(indicator, question, sites, people=seen.people, estimate=gathered.estimate)
        left_out = _left_out_people(seen)
    else:
        source = all_indicators().get(indicator.details_from)
        details = (source, cells.of([source.name])) if source else None
        parts = parts_of(indicator.name)
        figure = CountedFigure(indicator, question, sites, cells=cells.of(parts), details=details)
        left_out = cells.left_out(parts)
    figure.notes = [sentence_of(each, count) for each in indicator.beside if (count := cells.total(each.indicator))]
    if left_out:
        figure.notes.append(left_out_in_words(left_out))
    if indicator.denominator:
        figure.base = sentence_of(indicator.denominator, cells.total(indicator.denominator.indicator))
    return figure


def _left_out_people(seen: Seen) -> int:
    """People of whom a year's records are the only trace in this period."""
    return len(seen.left_out.difference(*seen.people.values()))


def month_key(year: int, month: int | None) -> str:
    return f"{year:04}" if month is None else f"{year:04}-{month:02}"


def _summed(cells: Iterable[Cell], key: Callable[[Cell], Any]) -> dict[Any, Amount]:
    sums: dict[Any, int] = defaultdict(int)
    for cell in cells:
        sums[key(cell)] += cell.value
    return {each: Amount(value=value) for each, value in sums.items()}


def _largest_first(line: Line) -> tuple[int, str]:
    return -line.amount.value, line.label


def _sortable(place: Place) -> tuple[int, int, int]:
    year, month, site_id = place
    return year, month or 0, site_id
