"""What the page of reports shows, worked out for its template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from alongside.desk.reporting.forms import ReportForm
from alongside.kernel.indicators import Unit
from alongside.reports.charts import SHAPES, Shape
from alongside.reports.figures import Figure, Line, Report
from alongside.reports.wording import UNITS, period_in_words

PEOPLE_UNITS = frozenset({Unit.PEOPLE, Unit.CONTACTS, Unit.REACHED})
BARS_WORTH_DRAWING = 2
LONG_TABLE_ROWS = 14


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A figure in all, and the address that shows it at length."""

    figure: Figure
    unit: Any
    is_about: bool
    notes: Sequence[str]
    address: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Share:
    """A row of a table with the length of its bar, in percent of the longest."""

    line: Line
    percent: int


def page_of(form: ReportForm, report: Report) -> dict[str, Any]:
    chosen = report.figures[form.cleaned_data["figure"]]
    figures = [figure for figure in report.figures.values() if figure is chosen or _is_shown(figure, report)]
    tiles = [_tile(figure, form, chosen) for figure in figures]
    form.fill_days(report.question.period)
    return {
        "period": period_in_words(report.question.period, today=report.question.today),
        "site_name": report.site_name or _("All sites"),
        "address": form.address(),
        "people_tiles": [tile for tile in tiles if tile.figure.indicator.unit in PEOPLE_UNITS],
        "other_tiles": [tile for tile in tiles if tile.figure.indicator.unit not in PEOPLE_UNITS],
        "is_empty": not any(figure.total.value or figure.notes for figure in report.figures.values()),
        "chosen": chosen,
        "unit": UNITS[chosen.indicator.unit],
        "has_interval": any(line.amount.has_interval for line in (*chosen.months, *chosen.sites)),
        "has_reason": has_reason(chosen),
        "is_running": any(line.is_running for line in chosen.months),
        "chart": _chart(form, chosen),
        "is_long": len(chosen.months) > LONG_TABLE_ROWS,
        "has_years_only": any(line.is_year_only for line in chosen.months),
        "sites": _shares(chosen.sites) if len(chosen.sites) > 1 else [],
        "details": _shares(chosen.details),
        "definitions": [(figure, UNITS[figure.indicator.unit]) for figure in figures],
    }


def _is_shown(figure: Figure, report: Report) -> bool:
    other = figure.indicator.shown_with
    return not other or bool(report.figures[other].total.value)


def _tile(figure: Figure, form: ReportForm, chosen: Figure) -> Tile:
    reason = [str(figure.indicator.estimate_reason)] if has_reason(figure) else []
    return Tile(
        figure=figure,
        unit=UNITS[figure.indicator.unit],
        is_about=has_reason(figure),
        notes=[*reason, *figure.notes],
        address=form.address(figure=figure.name),
        is_chosen=figure is chosen,
    )


def has_reason(figure: Figure) -> bool:
    """Random cards hardly ever collide: then the number of codes is the number, and nothing needs explaining."""
    total = figure.total
    return figure.is_estimate and bool(total.value) and (total.low is None or total.has_interval)


def _shares(lines: Sequence[Line]) -> list[Share]:
    longest = max((line.amount.value for line in lines), default=0) or 1
    return [Share(line=line, percent=round(100 * line.amount.value / longest)) for line in lines]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Addresses of the picture for each shape, and what it shows in words."""

    address: str
    words: str
    wide: Shape
    narrow: Shape


def _chart(form: ReportForm, figure: Figure) -> Chart | None:
    if len(figure.months) < BARS_WORTH_DRAWING or not any(line.amount.value for line in figure.months):
        return None
    return Chart(address=form.address(), words=_in_words(figure), wide=SHAPES["wide"], narrow=SHAPES["narrow"])


def _in_words(figure: Figure) -> str:
    most = _most(figure.months)
    return _("%(figure)s by month, %(first)s to %(last)s. The most was %(value)s in %(month)s.") % {
        "figure": figure.indicator.title,
        "first": figure.months[0].label,
        "last": figure.months[-1].label,
        "value": number_format(most.amount.value, force_grouping=True),
        "month": most.label,
    }


def _most(lines: Iterable[Line]) -> Line:
    return max(lines, key=lambda line: line.amount.value)
