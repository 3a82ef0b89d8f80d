"""What somebody can work out about hidden cells from everything that was published, by linear programming.

The reader is taken to know every relation, that counts are whole, and that no zero is ever hidden. A cell is recovered
if only one whole number is left for it, and too well known if fewer than `spread` + 1 are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from alongside.science.disclosure.tables import Relation, Tables

LEAST = 1
TOLERANCE = 1e-6
TABLES = 60
"""Tried before cells are looked at one by one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The whole numbers that a hidden cell can still be."""

    low: int
    high: float

    @property
    def is_recovered(self) -> bool:
        return self.low == self.high

    @property
    def width(self) -> float:
        return self.high - self.low


def known_about(tables: Tables, hidden: Collection[str]) -> dict[str, Known]:
    """For every hidden cell. Cells that nothing links are looked at apart, which is what makes it quick."""
    found: dict[str, Known] = {}
    for group, relations in _linked(tables, frozenset(hidden)):
        found |= _known_in(group, relations, tables)
    return found


def too_well_known(tables: Tables, hidden: Collection[str], *, spread: int) -> dict[str, Known]:
    """The cells of which fewer than `spread` + 1 numbers are left, with those numbers.

    Each table that a reader can't rule out says something about every cell, so a few settle most of them.
    """
    found: dict[str, Known] = {}
    for group, relations in _linked(tables, frozenset(hidden)):
        if relations:
            problem = _Problem(group, relations, tables)
            open_cells = problem.not_seen_apart(spread)
            known = {key: Known(low=problem.least(key), high=problem.most(key)) for key in open_cells}
            found |= {key: each for key, each in known.items() if each.width < spread}
    return found


def _linked(tables: Tables, hidden: frozenset[str]) -> Iterator[tuple[list[str], list[Relation]]]:
    touching = [(relation, relation.terms.keys() & hidden) for relation in tables.relations]
    home = {key: key for key in hidden}

    def root(key: str) -> str:
        while home[key] != key:
            home[key] = home[home[key]]
            key = home[key]
        return key

    for _relation, keys in touching:
        first, *others = keys or [""]
        for other in others:
            home[root(other)] = root(first)
    groups: dict[str, tuple[list[str], list[Relation]]] = {key: ([], []) for key in hidden if root(key) == key}
    for key in sorted(hidden):
        groups[root(key)][0].append(key)
    for relation, keys in touching:
        if keys:
            groups[root(next(iter(keys)))][1].append(relation)
    yield from groups.values()


def _known_in(group: list[str], relations: list[Relation], tables: Tables) -> dict[str, Known]:
    if not relations:
        return {key: Known(low=LEAST, high=inf) for key in group}
    problem = _Problem(group, relations, tables)
    return {key: Known(low=problem.least(key), high=problem.most(key)) for key in group}


class _Problem:
    """The hidden cells of a group as unknowns; everything else is a number that was published."""

    def __init__(self, group: list[str], relations: Iterable[Relation], tables: Tables) -> None:
        self._place = {key: number for number, key in enumerate(group)}
        self._true = np.array([tables.values[key] for key in group], dtype=float)
        rows: list[tuple[list[float], float]] = []
        for relation in relations:
            rows += self._rows(relation, tables)
        self._above = csr_matrix(np.array([row for row, _limit in rows]))
        self._limits = np.array([limit for _row, limit in rows])

    def least(self, key: str) -> int:
        return ceil(self._extreme(key, 1) - TOLERANCE)

    def most(self, key: str) -> float:
        most = -self._extreme(key, -1)
        return most if most == inf else floor(most + TOLERANCE)

    def not_seen_apart(self, spread: int) -> list[str]:
        """Cells that no pair of possible tables found here tells to be `spread` apart."""
        lowest = highest = self._true
        rolls = np.random.default_rng(TABLES)
        for _table in range(TABLES):
            is_open = highest - lowest < spread
            if not is_open.any():
                break
            goal = np.where(is_open, rolls.uniform(-1, 1, len(self._true)), 0.0)
            table = self._table(goal)
            lowest, highest = np.minimum(lowest, np.ceil(table)), np.maximum(highest, np.floor(table))
        return [key for key, number in self._place.items() if highest[number] - lowest[number] < spread]

    def _table(self, goal: Any) -> Any:
        """A possible table that is extreme in one direction; no cell is looked at further than that it counts."""
        bounds = list(zip(np.full(len(self._true), LEAST), self._true + 1000, strict=True))
        answer = linprog(goal, A_ub=self._above, b_ub=self._limits, bounds=bounds, method="highs")
        return self._true if answer.x is None else np.round(answer.x, 6)

    def _rows(self, relation: Relation, tables: Tables) -> Iterator[tuple[list[float], float]]:
        """As "at most": an equation is two of them."""
        row = [0.0] * len(self._place)
        seen = 0.0
        for key, times in relation.terms.items():
            if key in self._place:
                row[self._place[key]] += times
            else:
                seen += times * tables.values[key]
        if relation.high < inf:
            yield row, relation.high - seen
        if relation.low > -inf:
            yield [-each for each in row], seen - relation.low

    def _extreme(self, key: str, direction: int) -> float:
        goal = np.zeros(len(self._place))
        goal[self._place[key]] = direction
        answer = linprog(goal, A_ub=self._above, b_ub=self._limits, bounds=(LEAST, None), method="highs")
        if answer.status == 3:  # without a limit
            return -inf
        if answer.status != 0:
            raise ValueError(f"The tables contradict themselves: {answer.message}")
        return float(answer.fun)
