"""Which other cells to hide, so that hidden ones can't be worked out from totals: chosen by an optimiser (HiGHS).

First every sum that holds a hidden cell gets a second one, at the least cost for all sums together. Then each cell that
the audit can still narrow down gets a pattern that certainly protects it: two tables that a reader can't tell from the
true one, in which the cell differs by `spread`. Zeros are never hidden, nor what was published before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf, log2

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from alongside.science.disclosure.audit import LEAST, too_well_known
from alongside.science.disclosure.tables import Tables

SECONDS = 4.0
GAP = 0.02


class Unprotectable(Exception):
    """No choice of cells hides this one."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What has to be hidden, what may not be, and how many whole numbers more than one have to be left."""

    small: frozenset[str]
    fixed: frozenset[str] = frozenset()
    """Published before, so hiding it now hides nothing."""
    spread: int = 3


def cells_to_hide(tables: Tables, wish: Wish) -> frozenset[str]:
    """The small cells and as little else as possible. Raises Unprotectable."""
    already_out = sorted(wish.small & wish.fixed)
    if already_out:
        raise Unprotectable(already_out[0])
    hidden = _seconds_for_sums(tables, wish) if wish.small else frozenset()
    while narrow := too_well_known(tables, hidden, spread=wish.spread):
        key = min(narrow, key=lambda each: (narrow[each].width, each))
        hidden |= _pattern_for(key, hidden, tables, wish)
    return hidden


def cost(key: str, tables: Tables) -> float:
    """A large number that goes missing is a greater loss, but not in proportion: fewer holes matter most."""
    return 1.0 + log2(1 + tables.values[key])


def _may_hide(tables: Tables, wish: Wish) -> list[str]:
    return [key for key, value in tables.values.items() if value >= LEAST and key not in wish.fixed]


def _seconds_for_sums(tables: Tables, wish: Wish) -> frozenset[str]:
    """A hidden cell of a sum asks for another one in the same sum. Best found within some seconds."""
    keys = _may_hide(tables, wish)
    place = {key: number for number, key in enumerate(keys)}
    sums = [[place[key] for key in each.terms if key in place] for each in tables.relations if each.is_sum]
    rows = lil_matrix((sum(len(each) for each in sums) or 1, len(keys)))
    number = 0
    for each in sums:
        for one in each:
            rows[number, each] = 1
            rows[number, one] = -1
            number += 1
    answer = milp(
        np.array([cost(key, tables) for key in keys]),
        constraints=LinearConstraint(rows.tocsr(), lb=0),
        integrality=np.ones(len(keys)),
        bounds=Bounds([float(key in wish.small) for key in keys], 1),
        options={"time_limit": SECONDS, "mip_rel_gap": GAP},
    )
    if answer.x is None:
        return wish.small
    return wish.small | {key for key, chosen in zip(keys, answer.x, strict=True) if chosen > 0.5}


def _pattern_for(key: str, hidden: frozenset[str], tables: Tables, wish: Wish) -> frozenset[str]:
    """The cheapest cells to add so that `key` can be `spread` apart in two tables that look alike."""
    keys = [each for each in _may_hide(tables, wish) if each in _reach(key, tables)]
    place = {each: number for number, each in enumerate(keys)}
    count = len(keys)
    rows, low, high = _look_alike(place, tables)
    _move_only_hidden(keys, tables, rows, low, high)
    rows.append({count + place[key]: 1.0, 2 * count + place[key]: -1.0})
    low.append(float(wish.spread))
    high.append(inf)
    matrix = lil_matrix((len(rows), 3 * count))
    for number, row in enumerate(rows):
        for column, value in row.items():
            matrix[number, column] = value
    answer = milp(
        np.array([0.0 if each in hidden else cost(each, tables) for each in keys] + [0.0] * (2 * count)),
        constraints=LinearConstraint(matrix.tocsr(), lb=np.array(low), ub=np.array(high)),
        integrality=np.array([1] * count + [0] * (2 * count)),
        bounds=Bounds(
            [float(each in hidden) for each in keys] + [-inf] * (2 * count), [1.0] * count + [inf] * (2 * count)
        ),
        options={"time_limit": SECONDS, "mip_rel_gap": GAP},
    )
    if answer.x is None:
        raise Unprotectable(key)
    added = {each for each, chosen in zip(keys, answer.x[:count], strict=True) if chosen > 0.5} - hidden
    if not added:
        raise Unprotectable(key)
    return frozenset(added)


def _look_alike(place: Mapping[str, int], tables: Tables) -> tuple[list[dict[int, float]], list[float], list[float]]:
    """Both tables (as differences from the true one) keep every relation."""
    rows: list[dict[int, float]] = []
    low: list[float] = []
    high: list[float] = []
    count = len(place)
    for relation in tables.relations:
        terms = {place[key]: float(times) for key, times in relation.terms.items() if key in place}
        if not terms:
            continue
        now = sum(times * tables.values[key] for key, times in relation.terms.items())
        for table in (1, 2):
            rows.append({table * count + number: times for number, times in terms.items()})
            low.append(relation.low - now)
            high.append(relation.high - now)
    return rows, low, high


def _move_only_hidden(
    keys: Collection[str], tables: Tables, rows: list[dict[int, float]], low: list[float], high: list[float]
) -> None:
    """A cell that is shown is the same in both; a hidden one is at least 1."""
    count = len(keys)
    roof = float(max(tables.values.values(), default=0) + 100)
    for number, key in enumerate(keys):
        for table in (1, 2):
            difference = table * count + number
            rows.append({difference: 1.0, number: -roof})
            low.append(-inf)
            high.append(0.0)
            rows.append({difference: 1.0, number: float(tables.values[key] - LEAST)})
            low.append(0.0)
            high.append(inf)


def _reach(key: str, tables: Tables) -> set[str]:
    """Everything that relations link to a cell, however far."""
    reached, edge = {key}, {key}
    while edge:
        near = {each for relation in tables.relations if relation.terms.keys() & edge for each in relation.terms}
        edge = near - reached
        reached |= near
    return reached
