"""What the picture writes under its bars."""

from __future__ import annotations

from pathlib import Path

import pytest

import alongside
from alongside.reports.charts import SHAPES, THEMES, month_chart
from alongside.reports.figures import Amount, Line, month_key

pytestmark = pytest.mark.once


def lines(first_year: int, months: int, *, years_only: tuple[int, ...] = ()) -> list[Line]:
    every = [month_key(year, None) for year in years_only]
    every += [month_key(first_year + number // 12, number % 12 + 1) for number in range(months)]
    return [Line(key=key, label=key, amount=Amount(value=10 + number)) for number, key in enumerate(every)]


def texts(svg: str) -> set[str]:
    return {part.partition("<")[0] for part in svg.split(">")} - {""}


def test_a_year_names_its_months() -> None:
    found = texts(month_chart(lines(2026, 12), theme="light", shape="wide"))
    assert {"Jan", "Feb", "Dec", "2026"} <= found


def test_a_phone_names_its_quarters() -> None:
    found = texts(month_chart(lines(2026, 12), theme="dark", shape="narrow"))
    assert {"Jan", "Apr", "Jul", "Oct"} <= found
    assert "Feb" not in found


def test_many_years_name_their_januaries() -> None:
    found = texts(month_chart(lines(2016, 120), theme="light", shape="wide"))
    assert {"2017", "2020", "2025"} <= found
    assert "Jan" not in found


def test_years_without_months_say_so_in_another_colour() -> None:
    svg = month_chart(lines(2016, 6, years_only=(2015,)), theme="light", shape="wide")
    assert "no month" in texts(svg)
    assert THEMES["light"].year_only in svg


def test_an_interval_is_drawn() -> None:
    known = [Line(key="2026-01", label="", amount=Amount(value=10, low=10, high=10))]
    unsure = [Line(key="2026-01", label="", amount=Amount(value=10, low=8, high=15))]
    paper = THEMES["light"].paper
    assert paper in month_chart(unsure, theme="light", shape="wide")
    assert paper not in month_chart(known, theme="light", shape="wide")


def test_one_bar_is_a_chart_too() -> None:
    assert month_chart(lines(2026, 1), theme="light", shape="narrow").startswith("<svg")


def test_colours_are_the_looks() -> None:
    """A picture can't read a style sheet, so its colours are written twice: here they are held together."""
    tokens = (Path(alongside.__file__).parent / "desk/static/desk/css/tokens.css").read_text(encoding="utf-8")
    for colours in THEMES.values():
        for colour in (colours.ink, colours.line, colours.paper, colours.bar, colours.year_only):
            assert colour in tokens


def test_shapes_fit_a_phone() -> None:
    assert SHAPES["narrow"].width <= 360
