"""Small numbers that are hidden stay hidden."""

from __future__ import annotations

import random
import time
from itertools import product
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.disclosure.audit import known_about, too_well_known
from alongside.science.disclosure.suppression import Unprotectable, Wish, cells_to_hide
from alongside.science.disclosure.tables import Relation, Tables, covered_by, small, total_of, within

pytestmark = pytest.mark.once


def grid(numbers: list[list[int]]) -> Tables:
    """A table with totals of rows and columns and of all."""
    values = {f"{row},{column}": value for row, cells in enumerate(numbers) for column, value in enumerate(cells)}
    rows, columns = range(len(numbers)), range(len(numbers[0]))
    relations: list[Relation] = []
    for row in rows:
        values[f"{row},all"] = sum(numbers[row])
        relations.append(total_of(f"{row},all", [f"{row},{column}" for column in columns]))
    for column in columns:
        values[f"all,{column}"] = sum(cells[column] for cells in numbers)
        relations.append(total_of(f"all,{column}", [f"{row},{column}" for row in rows]))
    values["all,all"] = sum(map(sum, numbers))
    relations.append(total_of("all,all", [f"{row},all" for row in rows]))
    relations.append(total_of("all,all", [f"all,{column}" for column in columns]))
    return Tables(values=values, relations=tuple(relations))


def wish_for(tables: Tables, **more: object) -> Wish:
    return Wish(small=small(tables, most=10), **more)  # type: ignore[arg-type]


def test_a_number_hidden_alone_is_recovered() -> None:
    tables = grid([[4, 50], [60, 70]])
    assert known_about(tables, {"0,0"})["0,0"].is_recovered


def test_a_row_and_a_column_of_the_same_sum_do_not_help_each_other() -> None:
    """Two in a row and two in a column, and still known: the other ones of the columns give them away."""
    tables = grid([[4, 30, 50], [60, 70, 80], [20, 40, 90]])
    assert known_about(tables, {"0,0", "0,1"})["0,0"].is_recovered


def test_as_little_as_possible_is_hidden_beside() -> None:
    tables = grid([[4, 30, 50], [60, 70, 80], [20, 40, 90]])
    hidden = cells_to_hide(tables, wish_for(tables))
    assert len(hidden) == 4
    assert not too_well_known(tables, hidden, spread=3)


def test_zeros_and_large_numbers_alone_hide_nothing() -> None:
    tables = grid([[0, 50], [60, 70]])
    assert cells_to_hide(tables, wish_for(tables)) == frozenset()


def test_what_was_published_is_never_hidden_afterwards() -> None:
    tables = grid([[4, 30, 50], [60, 70, 80], [20, 40, 90]])
    fixed = frozenset({"1,0", "1,1", "1,2"})
    hidden = cells_to_hide(tables, wish_for(tables, fixed=fixed))
    assert not hidden & fixed
    assert not too_well_known(tables, hidden, spread=3)
    with pytest.raises(Unprotectable):
        cells_to_hide(tables, wish_for(tables, fixed=frozenset({"0,0"})))
    with pytest.raises(Unprotectable):
        cells_to_hide(tables, wish_for(tables, fixed=frozenset(tables.values) - {"0,0"}))


def test_two_tables_of_a_cycle_are_looked_at_together() -> None:
    """Each protects its cell by hiding another one, which the other table shows."""
    one = grid([[4, 30, 50], [60, 70, 80], [20, 40, 90]])
    hidden = cells_to_hide(one, wish_for(one))
    other = Tables(values={key: one.values[key] for key in hidden if key != "0,0"})
    both = one.joined(other)
    assert known_about(both, hidden - other.values.keys())["0,0"].is_recovered
    with pytest.raises(ValueError, match="Two values"):
        one.joined(Tables(values={"0,0": 5}))


def test_people_who_are_at_several_sites_have_bounds_only() -> None:
    values = {"all": 40, "desk": 38, "van": 4}
    tables = Tables(
        values=values,
        relations=(covered_by("all", ["desk", "van"]), within("all", "desk"), within("all", "van")),
    )
    known = known_about(tables, {"van"})["van"]
    assert (known.low, known.high) == (2, 40)
    assert cells_to_hide(tables, wish_for(tables)) == {"van"}
    assert known_about(Tables(values={"x": 3}), {"x"})["x"].high == inf


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from([0, 1, 3, 8, 12, 30]), min_size=3, max_size=3), min_size=2, max_size=3))
def test_whatever_is_protected_can_not_be_recovered_by_trying_everything(numbers: list[list[int]]) -> None:
    tables = grid(numbers)
    try:
        hidden = cells_to_hide(tables, wish_for(tables))
    except Unprotectable:
        return
    assert small(tables, most=10) <= hidden
    known = known_about(tables, hidden)
    assert not [key for key in hidden if known[key].width < 3]
    assert all(known[key].low <= tables.values[key] <= known[key].high for key in hidden)


def test_the_audit_says_what_trying_everything_says() -> None:
    tables = grid([[2, 3], [4, 5]])
    hidden = sorted(["0,0", "0,1", "1,0", "1,1"])
    possible = [
        dict(zip(hidden, tried, strict=True))
        for tried in product(range(1, 10), repeat=4)
        if tried[0] + tried[1] == 5 and tried[2] + tried[3] == 9 and tried[0] + tried[2] == 6
    ]
    for key, known in known_about(tables, hidden).items():
        assert known.low == min(each[key] for each in possible)
        assert known.high == max(each[key] for each in possible)


@pytest.mark.slow
def test_a_table_of_fifty_by_twenty_takes_seconds() -> None:
    random.seed(4)
    tables = grid([[random.choice((0, 3, 7, 15, 40, 90, 200)) for _column in range(20)] for _row in range(50)])
    started = time.perf_counter()
    hidden = cells_to_hide(tables, wish_for(tables))
    chosen = time.perf_counter()
    assert not too_well_known(tables, hidden, spread=3)
    audited = time.perf_counter()
    assert audited - chosen < 10
    assert chosen - started < 60
