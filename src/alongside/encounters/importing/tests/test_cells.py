"""Numbers and dates as people write them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.encounters.importing.cells import (
    Cell,
    DateOrder,
    When,
    is_value,
    orders_that_fit,
    plain,
    read_when,
    whole_number,
)
from alongside.kernel.errors import Refusal

pytestmark = pytest.mark.once

DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", 12),
        ("0", 0),
        (12.0, 12),
        ("12.0", 12),
        ("1,204", 1204),
        ("1.204", 1204),
        ("1 204", 1204),
        ("1\u202f204", 1204),
        ("1’204", 1204),
        ("1,204,567", 1204567),
        ("1,204.00", 1204),
        ("1.204,00", 1204),
    ],
)
def test_whole_numbers(cell: Cell, number: int) -> None:
    assert whole_number(cell) == number


@pytest.mark.parametrize("cell", [None, "", "  ", "NA", "n/a", "#N/A", "-", "—", "?", "unknown", "s/d", "Sin dato"])
def test_not_known_is_neither_zero_nor_an_error(cell: Cell) -> None:
    assert whole_number(cell) is None
    assert read_when(cell, order=None, zone=ZONE) is None


@pytest.mark.parametrize(
    "cell",
    ["-4", "−4", -4, "12.5", 12.5, "1,2,3", "twelve", "12 kits", "<5", True, "9" * 12, 1e12, float("nan"), date.min],
)
def test_what_is_no_whole_number_is_refused_with_a_sentence(cell: Cell) -> None:
    with pytest.raises(Refusal, match=r"^Write a .*\.$"):
        whole_number(cell)


@given(st.integers(min_value=0, max_value=999_999_999), st.sampled_from([",", ".", " ", "'"]))
def test_any_number_can_be_grouped(number: int, mark: str) -> None:
    assert whole_number(f"{number:,}".replace(",", mark)) == number
    assert whole_number(str(number)) == number
    assert whole_number(float(number)) == number


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("2019", When(date(2019, 1, 1), "y")),
        (2019, When(date(2019, 1, 1), "y")),
        (2019.0, When(date(2019, 1, 1), "y")),
        ("2019-03", When(date(2019, 3, 1), "m")),
        ("03/2019", When(date(2019, 3, 1), "m")),
        ("March 2019", When(date(2019, 3, 1), "m")),
        ("Mar-19", When(date(2019, 3, 1), "m")),
        ("marzo de 2019", When(date(2019, 3, 1), "m")),
        ("Sep ’19".replace("’", "'"), When(date(2019, 9, 1), "m")),
        ("2019-03-14", When(date(2019, 3, 14))),
        ("2019/3/14", When(date(2019, 3, 14))),
        ("20190314", When(date(2019, 3, 14))),
        (20190314, When(date(2019, 3, 14))),
        ("3/14/2019", When(date(2019, 3, 14))),
        ("14.3.19", When(date(2019, 3, 14))),
        ("7/7/2019", When(date(2019, 7, 7))),
        ("14 March 2019", When(date(2019, 3, 14))),
        ("March 14th, 2019", When(date(2019, 3, 14))),
        ("14 de marzo de 2019", When(date(2019, 3, 14))),
        ("jueves, 14 mar. 2019", When(date(2019, 3, 14))),
        ("Thu 3/14/2019", When(date(2019, 3, 14))),
        (43538, When(date(2019, 3, 14))),
        ("43538", When(date(2019, 3, 14))),
        (43538.5, When(date(2019, 3, 14), at=time(12))),
        ("2019-03-14 15:05", When(date(2019, 3, 14), at=time(15, 5))),
        ("3/14/2019 3:05:00 PM", When(date(2019, 3, 14), at=time(15, 5))),
        ("2019-03-14T23:30:00Z", When(date(2019, 3, 14), at=time(19, 30))),
        (datetime(2019, 3, 14), When(date(2019, 3, 14))),  # noqa: DTZ001
        (datetime(2019, 3, 14, 9, 30), When(date(2019, 3, 14), at=time(9, 30))),  # noqa: DTZ001
        (date(2019, 3, 14), When(date(2019, 3, 14))),
    ],
)
def test_dates_that_can_be_read_in_one_way(cell: Cell, when: When) -> None:
    assert read_when(cell, order=None, zone=ZONE) == when


def test_a_date_that_can_be_read_in_two_ways_is_asked_about() -> None:
    with pytest.raises(Refusal, match="two ways"):
        read_when("3/4/2019", order=None, zone=ZONE)
    assert read_when("3/4/2019", order=DAY, zone=ZONE) == When(date(2019, 4, 3))
    assert read_when("3/4/2019", order=MONTH, zone=ZONE) == When(date(2019, 3, 4))


@pytest.mark.parametrize("cell", ["31/2/2019", "2019-02-30", "2019-13-01", "1850", "Q1 2019", "yesterday", "3/4", True])
def test_what_is_no_date_is_refused(cell: Cell) -> None:
    with pytest.raises(Refusal):
        read_when(cell, order=DAY, zone=ZONE)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_a_day_is_the_same_however_it_is_written(day: date) -> None:
    for order, text in ((DAY, f"{day:%d/%m/%Y}"), (MONTH, f"{day:%m/%d/%Y}"), (None, day.isoformat())):
        assert read_when(text, order=order, zone=ZONE) == When(day)


def test_a_column_shows_its_order_by_the_days_after_the_twelfth() -> None:
    assert orders_that_fit(["3/4/2019", "14/4/2019"]) == {DAY}
    assert orders_that_fit(["3/4/2019", "4/14/2019"]) == {MONTH}
    assert orders_that_fit(["3/4/2019", "2019-04-14", None, 43538]) == {DAY, MONTH}
    assert orders_that_fit(["14/4/2019", "4/14/2019"]) == set()


def test_names_are_compared_without_case_and_accents() -> None:
    assert plain("  Río   PIEDRAS ") == "rio piedras"


@pytest.mark.parametrize(
    ("cell", "value"), [("year", False), ("2019", True), ("May 2019", True), ("1 mL", False), (3, True)]
)
def test_headers_hold_no_values(cell: Cell, value: bool) -> None:
    assert is_value(cell) is value
