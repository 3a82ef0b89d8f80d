"""Published tables as anybody sees them: numbers, some of them hidden, and what must hold between them.

A cell is named by any text. A number that stands in two tables is one cell, and so links them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True)
class Relation:
    """`low` <= sum of coefficient times cell <= `high`: a total, or what can't be more than something else."""

    terms: Mapping[str, int]
    low: float = 0
    high: float = 0

    @property
    def is_sum(self) -> bool:
        return self.low == self.high


def total_of(total: str, parts: Iterable[str]) -> Relation:
    """The parts add up to the total."""
    return Relation({**dict.fromkeys(parts, 1), total: -1})


def within(larger: str, smaller: str) -> Relation:
    """Whoever is counted in the smaller is counted in the larger."""
    return Relation({larger: 1, smaller: -1}, high=inf)


def covered_by(total: str, parts: Iterable[str]) -> Relation:
    """Everybody of the total is in at least one part, perhaps in several."""
    return Relation({**dict.fromkeys(parts, 1), total: -1}, high=inf)


@dataclass(frozen=True, kw_only=True)
class Tables:
    """All cells with their true values, and the relations that anybody knows of."""

    values: Mapping[str, int]
    relations: tuple[Relation, ...] = field(default_factory=tuple)

    def joined(self, other: Tables) -> Tables:
        """Cells of the same name are the same. Raises ValueError if they are said to have two values."""
        differing = [key for key in self.values.keys() & other.values.keys() if self.values[key] != other.values[key]]
        if differing:
            raise ValueError(f"Two values of {min(differing)}")
        return Tables(values={**self.values, **other.values}, relations=(*self.relations, *other.relations))


def small(tables: Tables, *, most: int, among: Iterable[str] | None = None) -> frozenset[str]:
    """Cells from 1 to `most`: what has to be hidden whatever stands beside it. Nobody is in a zero."""
    keys = tables.values if among is None else among
    return frozenset(key for key in keys if 1 <= tables.values[key] <= most)
