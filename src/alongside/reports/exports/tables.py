"""A report as plain tables: what the files hold, whichever kind of file it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.kernel.clock import now
from alongside.reports.figures import Amount, Figure, Line, Report
from alongside.reports.wording import UNITS, period_in_words
from alongside.sites.models import Program

Value: TypeAlias = str | int | None
Row: TypeAlias = Sequence[Value]

LONG_FORM = (
    "program",
    "period_start",
    "period_end",
    "figure",
    "title",
    "unit",
    "level",
    "year",
    "month",
    "site",
    "detail",
    "detail_name",
    "value",
    "low",
    "high",
    "is_estimate",
)
"""Never translated or reordered: other programs read them. docs/reference/indicators.md says what each one holds."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A sheet: its name, column heads with widths in characters, and rows that are made while they are written."""

    name: str
    heads: Sequence[tuple[str, int]]
    rows: Iterable[Row]
    preface: Sequence[Row] = ()
    """What stands above the heads."""


def long_form(report: Report, *, program: Program) -> Iterator[Row]:
    """Every figure at every level, one to a row. Sum rows of one `level` only, and never those of people."""
    period = report.question.period
    for figure in report.figures.values():
        asked = (program.name, period.start.isoformat(), period.end.isoformat())
        head = (*asked, figure.name, str(figure.indicator.title), figure.indicator.unit.value)
        tail = ("yes" if figure.is_estimate else "no",)
        for level, place, amount in _levels(figure, report.site_name):
            yield (*head, level, *place, amount.value, amount.low, amount.high, *tail)


def _levels(figure: Figure, site: str) -> Iterator[tuple[str, Row, Amount]]:
    """(level, (year, month, site, detail, detail's name), amount). `site` is the only one asked for, if any."""
    yield "total", (None, None, site, "", ""), figure.total
    for line in figure.months:
        year, _dash, month = line.key.partition("-")
        yield "month", (int(year), int(month) if month else None, site, "", ""), line.amount
    for line in figure.sites:
        yield "site", (None, None, line.label, "", ""), line.amount
    for line in figure.details:
        yield "detail", (None, None, site, line.key, line.label), line.amount
    for each in figure.finest():
        yield "finest", (each.year, each.month, each.site, each.detail, each.detail_label), each.amount


def sheets(report: Report, *, program: Program) -> list[Table]:
    return [_summary(report, program), _by_month(report), _by_site(report), _by_detail(report), _definitions(report)]


def _summary(report: Report, program: Program) -> Table:
    heads = (
        (_("Figure"), 34),
        (_("Value"), 14),
        (_("At least"), 12),
        (_("At most"), 12),
        (_("Unit"), 28),
        (_("Note"), 90),
    )
    rows = map(_summary_row, report.figures.values())
    return Table(name=_("Summary"), heads=heads, rows=rows, preface=list(_about(report, program)))


def _about(report: Report, program: Program) -> Iterator[Row]:
    made_at = now().astimezone(ZoneInfo(program.timezone))
    yield (_("Program"), program.name)
    yield (_("Period"), period_in_words(report.question.period, today=report.question.today))
    yield (_("Site"), report.site_name or _("All sites"))
    yield (_("Made"), _moment(made_at))
    yield ()


def _moment(moment: datetime) -> str:
    return date_format(moment, "DATETIME_FORMAT")


def _summary_row(figure: Figure) -> Row:
    reason = [str(figure.indicator.estimate_reason)] if figure.is_estimate else []
    note = " ".join([*reason, *figure.notes])
    return (str(figure.indicator.title), *_numbers(figure.total), str(UNITS[figure.indicator.unit]), note)


def _numbers(amount: Amount) -> Row:
    return amount.value, amount.low, amount.high


def _by_month(report: Report) -> Table:
    months = {line.key: line.label for figure in report.figures.values() for line in figure.months}
    lines = {figure.name: {line.key: line for line in figure.months} for figure in report.figures.values()}
    return _matrix(_("By month"), (_("Month"), 26), report, sorted(months.items()), lines)


def _by_site(report: Report) -> Table:
    sites = {line.key: line.label for figure in report.figures.values() for line in figure.sites}
    lines = {figure.name: {line.key: line for line in figure.sites} for figure in report.figures.values()}
    ordered = sorted(sites.items(), key=lambda each: each[1].casefold())
    return _matrix(_("By site"), (_("Site"), 32), report, ordered, lines)


def _matrix(
    name: str,
    first: tuple[str, int],
    report: Report,
    keys: Iterable[tuple[str, str]],
    lines: Mapping[str, Mapping[str, Line]],
) -> Table:
    """A row for each key and a column for each figure; three columns for one with an interval."""
    figures = list(report.figures.values())
    heads = [first, *(head for figure in figures for head in _matrix_heads(figure))]
    rows = ((label, *_matrix_row(key, figures, lines)) for key, label in keys)
    return Table(name=name, heads=heads, rows=rows)


def _has_interval(figure: Figure) -> bool:
    return figure.total.low is not None


def _matrix_heads(figure: Figure) -> list[tuple[str, int]]:
    title = str(figure.indicator.title)
    names = {"figure": title}
    limits = [(_("%(figure)s, at least") % names, 16), (_("%(figure)s, at most") % names, 16)]
    return [(title, 16), *(limits if _has_interval(figure) else [])]


def _matrix_row(key: str, figures: Iterable[Figure], lines: Mapping[str, Mapping[str, Line]]) -> Iterator[Value]:
    for figure in figures:
        line = lines[figure.name].get(key)
        amount = line.amount if line else Amount(value=0, low=0, high=0)
        yield from _numbers(amount) if _has_interval(figure) else (amount.value,)


def _by_detail(report: Report) -> Table:
    heads = ((_("Figure"), 34), (_("Counted by"), 18), (_("Item, service or what happened"), 48), (_("Value"), 14))
    rows = (
        (str(figure.indicator.title), str(figure.detail_title), line.label, line.amount.value)
        for figure in report.figures.values()
        for line in figure.details
    )
    return Table(name=_("By item"), heads=heads, rows=rows)


def _definitions(report: Report) -> Table:
    heads = (
        (_("Figure"), 34),
        (_("Name for other programs"), 30),
        (_("Definition"), 90),
        (_("Unit"), 28),
        (_("Counted from"), 60),
        (_("Out of"), 34),
        (_("Why it is an estimate"), 60),
        (_("Version"), 9),
    )
    return Table(name=_("Definitions"), heads=heads, rows=map(_definition, report.figures.values()))


def _definition(figure: Figure) -> Row:
    indicator = figure.indicator
    return (
        str(indicator.title),
        indicator.name,
        str(indicator.definition),
        str(UNITS[indicator.unit]),
        str(indicator.source),
        figure.base,
        str(indicator.estimate_reason),
        indicator.version,
    )
