"""A funder's report filled in: each of its lines with the numbers of a period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.kernel.indicators import Period
from alongside.reports.catalogue import all_indicators
from alongside.reports.figures import Amount, Figure, PeopleFigure, Question, Report, make_report
from alongside.reports.funders.answers import Answer, Filled, Row
from alongside.reports.funders.definitions import BY_HAND, Definition, Line
from alongside.reports.funders.surveyed import answer_from_survey, measure_of
from alongside.sites.models import Program, Site
from alongside.supplies.models import StockMove

MOST = Decimal(10) ** 12


def fill(definition: Definition, question: Question, *, said: Mapping[str, str], program: Program) -> Filled:
    """Answer every line. `said` holds what a person filled in, by the line's code. Inside the program's scope."""
    names = dict.fromkeys(["contacts.all", *(name for line in definition.lines for name in line.indicators)])
    report = make_report(question, names=list(names))
    numbers = _numbers_said(definition, said)
    return Filled(
        definition=definition,
        question=question,
        program=program,
        site_name=report.site_name,
        answers=[_answer(line, report, said, numbers, program) for line in definition.lines],
        warnings=list(_warnings(definition, question, program)),
    )


def number_said(text: str) -> Decimal | None:
    """What somebody wrote, as a number from 0 on; None if it is none."""
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= MOST else None


def _numbers_said(definition: Definition, said: Mapping[str, str]) -> dict[str, Decimal]:
    found = {line.code: number_said(said.get(line.code, "")) for line in definition.by_hand if line.by_hand == "number"}
    return {code: number for code, number in found.items() if number is not None}


def _answer(
    line: Line, report: Report, said: Mapping[str, str], numbers: Mapping[str, Decimal], program: Program
) -> Answer:
    if line.by_hand:
        text = said.get(line.code, "").strip() if line.by_hand == "text" else ""
        return Answer(line=line, rows=[Row(value=_plain(numbers.get(line.code)), text=text)])
    if line.count:
        return Answer(line=line, rows=[Row(value=COUNTS[line.count](line, report, program))])
    if line.numerator:
        return Answer(line=line, rows=[Row(value=_share(line, report, numbers))], notes=_notes(line.indicators, report))
    if line.survey:
        return answer_from_survey(line, report.question.period)
    return _of_figure(line, report.figures[line.indicator])


def _plain(number: Decimal | None) -> int | Decimal | None:
    return int(number) if number is not None and number == int(number) else number


def _of_figure(line: Line, figure: Figure) -> Answer:
    whole = _row(figure.in_every_month() if line.every_month and isinstance(figure, PeopleFigure) else figure.total)
    parts = {"": [], "detail": figure.details, "site": figure.sites, "month": figure.months}[line.by]
    rows = [replace(_row(part.amount), key=part.key, label=part.label) for part in parts]
    return Answer(
        line=line,
        rows=rows if line.by else [whole],
        total=whole if line.by else None,
        indicator=figure.indicator,
        notes=[*figure.notes, *([_("Out of: %(base)s.") % {"base": figure.base}] if figure.base else [])],
    )


def _row(amount: Amount) -> Row:
    return Row(value=amount.value, low=amount.low, high=amount.high)


def _share(line: Line, report: Report, numbers: Mapping[str, Decimal]) -> Decimal | None:
    above = sum(report.figures[name].total.value for name in line.numerator)
    if line.denominator.startswith(BY_HAND):
        below = numbers.get(line.denominator.removeprefix(BY_HAND), Decimal(0))
    else:
        below = Decimal(report.figures[line.denominator].total.value)
    if not below:
        return None
    return round(Decimal(above) * (100 if line.percent else 1) / below, line.decimals)


def _notes(names: Iterable[str], report: Report) -> list[str]:
    return [note for name in names for note in report.figures[name].notes]


def _sites(line: Line, report: Report, _program: Program) -> int:
    """Sites, of the kinds asked for, that had a contact in the period."""
    busy = [int(each.key) for each in report.figures["contacts.all"].sites if each.amount.value]
    found = Site.objects.filter(pk__in=busy)
    return (found.filter(kind__in=line.kinds) if line.kinds else found).count()


def _syringes_in_storage(_line: Line, report: Report, program: Program) -> int:
    """What the stock's moves came to at the end of the period's last day, in barrels."""
    next_day = report.question.period.end + timedelta(days=1)
    until = datetime.combine(next_day, time(), tzinfo=ZoneInfo(program.timezone))
    moves = StockMove.objects.filter(at__lt=until, item__barrels__gt=0)
    if report.question.site_id:
        moves = moves.filter(site=report.question.site_id)
    return moves.aggregate(barrels=Sum(F("quantity") * F("item__barrels")))["barrels"] or 0


COUNTS: Mapping[str, Callable[[Line, Report, Program], int]] = {
    "sites": _sites,
    "syringes_in_storage": _syringes_in_storage,
}
UNITS_OF_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _warnings(definition: Definition, question: Question, program: Program) -> Iterable[str]:
    """What the reader should know before the numbers are sent off."""
    if not definition.layout_verified:
        yield _("The layout is unverified: nobody has compared it with the official form yet.")
    if definition.period != "any" and not _fits(definition.period, question.period):
        yield {
            "month": _("This report is asked for by the month, and the period chosen is another one."),
            "quarter": _("This report is asked for by the quarter, and the period chosen is another one."),
            "year": _("This report is asked for by the year, and the period chosen is another one."),
        }[definition.period]
    if question.period.start > question.today:
        yield _("This period has not begun, so there is nothing in it yet.")
    elif question.period.end > question.today:
        yield _("This period is not over yet. The numbers are those so far.")
    left = Site.objects.filter(is_active=False).order_by("name")
    if question.site_id:
        left = left.filter(pk=question.site_id)
    for site in left:
        yield _("The site %(site)s is no longer in use. What was recorded there is in these numbers.") % {
            "site": site.name
        }


def _fits(named: str, period: Period) -> bool:
    """Whether it is one whole month, quarter or year of the calendar."""
    months = UNITS_OF_MONTHS[named]
    begins = period.start.day == 1 and (period.start.month - 1) % months == 0
    number = period.start.year * 12 + period.start.month - 1 + months
    return begins and period.end == date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def period_code(period: Period) -> str:
    """As DHIS2 writes it (2026, 2026Q1, 202603), or "" for days that are none of these."""
    if _fits("year", period):
        return f"{period.start:%Y}"
    if _fits("quarter", period):
        return f"{period.start:%Y}Q{(period.start.month + 2) // 3}"
    return f"{period.start:%Y%m}" if _fits("month", period) else ""


def day_in_words(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def definition_of(answer: Answer) -> Any:
    """The words for a figure, or how a line was come by."""
    if answer.indicator:
        return answer.indicator.definition
    if answer.line.by_hand:
        return _("Filled in by hand.")
    if answer.line.numerator:
        return " ".join(str(all_indicators()[name].definition) for name in answer.line.indicators)
    if answer.line.survey:
        return measure_of(answer.line.survey).definition
    if answer.line.count == "sites":
        return _("Sites with at least one contact in the period.")
    return _("What stock moves came to at the end of the last day, in syringe barrels.")
