"""A figure by month as a picture: Altair describes it, vl-convert draws it as SVG, here on the server.

Both are imported when the first chart is asked for: they take a second to load and memory that a desk does not need.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.reports.figures import Line

FONT = "Atkinson Hyperlegible, system-ui, Segoe UI, Roboto, Noto Sans, sans-serif"
MONTHS_WITH_NAMES = 14
"""With more bars than this, only years are written under them."""


@dataclass(frozen=True, kw_only=True)
class Colours:
    """The tokens of the look (desk/css/tokens.css): a picture can't read a page's style sheet."""

    ink: str
    line: str
    paper: str
    bar: str
    year_only: str


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Size in CSS pixels; `names` is how many bars can have a month's name under them."""

    width: int
    height: int
    text: int
    names: int


THEMES: Mapping[str, Colours] = {
    "light": Colours(ink="#5f5367", line="#dfd7cb", paper="#fffdfa", bar="#62296b", year_only="#c77a12"),
    "dark": Colours(ink="#c2b5c8", line="#3b3141", paper="#221b26", bar="#d79ce0", year_only="#f0b04a"),
}
SHAPES: Mapping[str, Shape] = {
    "wide": Shape(width=600, height=400, text=14, names=MONTHS_WITH_NAMES),
    "narrow": Shape(width=340, height=250, text=13, names=7),
}


def month_chart(lines: Sequence[Line], *, theme: str, shape: str) -> str:
    """Bars by month as SVG; whole years whose month is not known in a colour of their own. KeyError for odd names."""
    import vl_convert

    spec = _spec(lines, THEMES[theme], SHAPES[shape])
    return str(vl_convert.vegalite_to_svg(spec, format_locale=_number_locale()))


def _number_locale() -> Literal["en-US", "es-MX"]:
    return "es-MX" if (get_language() or "en").startswith("es") else "en-US"


def _spec(lines: Sequence[Line], colours: Colours, shape: Shape) -> dict[str, Any]:
    import altair

    under = altair.Axis(
        title=None,
        labelExpr=_label_expression(lines, shape),
        labelAngle=0,
        labelOverlap="greedy",
        labelSeparation=4,
        ticks=False,
    )
    base = altair.Chart({"values": [_row(line) for line in lines]}).encode(x=altair.X("key:O", sort=None, axis=under))
    bars = base.mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3).encode(
        y=altair.Y("value:Q", axis=altair.Axis(title=None, format=",.0f", tickMinStep=1, tickCount=5)),
        color=altair.condition("datum.year_only", altair.value(colours.year_only), altair.value(colours.bar)),
        opacity=altair.condition("datum.running", altair.value(0.55), altair.value(1)),
    )
    layers = [bars]
    if any(line.amount.has_interval for line in lines):
        interval = base.encode(y="low:Q", y2="high:Q")
        layers.append(interval.mark_rule(color=colours.paper, strokeWidth=5))
        layers.append(interval.mark_rule(color=colours.ink, strokeWidth=2))
    return _dressed(altair.layer(*layers), colours, shape)


def _dressed(chart: Any, colours: Colours, shape: Shape) -> dict[str, Any]:
    chart = chart.properties(
        width=shape.width,
        height=shape.height,
        background="transparent",
        autosize={"type": "fit", "contains": "padding"},
    )
    chart = chart.configure_view(stroke=None).configure_axis(
        labelFont=FONT,
        labelFontSize=shape.text,
        labelColor=colours.ink,
        labelPadding=6,
        gridColor=colours.line,
        domainColor=colours.line,
    )
    spec: dict[str, Any] = chart.configure_axisY(domain=False, ticks=False).configure_axisX(grid=False).to_dict()
    return spec


def _row(line: Line) -> dict[str, Any]:
    amount = line.amount
    return {
        "key": line.key,
        "value": amount.value,
        "year_only": line.is_year_only,
        "running": line.is_running,
        "low": amount.value if amount.low is None else amount.low,
        "high": amount.value if amount.high is None else amount.high,
    }


def _label_expression(lines: Sequence[Line], shape: Shape) -> str:
    """Vega writes the label that this table holds for a bar, in one or two lines."""
    return f"({json.dumps(_labels(lines, _months_between_names(len(lines), shape)))})[datum.value]"


def _months_between_names(bars: int, shape: Shape) -> int:
    """Every month has its name, the first of each quarter, or only January, which stands for its year."""
    return 1 if bars <= shape.names else 3 if bars <= 3 * shape.names else 12


def _labels(lines: Sequence[Line], every: int) -> dict[str, list[str]]:
    """By key. The year stands under the first name of each year."""
    labels: dict[str, list[str]] = {}
    year_before = ""
    for line in lines:
        year, _dash, month = line.key.partition("-")
        if line.is_year_only:
            labels[line.key] = [year, _("no month")] if every == 1 else [year]
        elif (int(month) - 1) % every:
            labels[line.key] = [""]
        elif every == 12:
            labels[line.key] = [year]
        else:
            name = date_format(date(int(year), int(month), 1), "M")
            labels[line.key] = [name, year if year != year_before else ""]
            year_before = year
    return labels
