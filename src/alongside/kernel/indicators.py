"""What a report counts: a name, a definition in words, a unit, where it comes from, and how to count it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """People, contacts and people reached through others are never mixed; the rest is counted one by one."""

    PEOPLE = "people"
    CONTACTS = "contacts"
    REACHED = "people reached through others"
    RECORDS = "records"
    ITEMS = "items"
    DOSES = "doses"
    SYRINGES = "syringes"
    TRAININGS = "trainings"
    REPORTS = "reports"
    VISITS = "visits"
    USES = "uses"
    EMERGENCIES = "emergencies"


ALL_PRECISIONS = "dmy"


@dataclass(frozen=True, kw_only=True)
class Period:
    """From `start` up to and including `end`, in the program's local days.

    `precisions` says which records to look at: those whose day is known (d), whose month is known (m), whose year is
    known (y). A record of a month stands on its first day, one of a year on 1 January, so a period that is only part
    of a month or year must leave them out.
    """

    start: date
    end: date
    precisions: str = ALL_PRECISIONS

    def by_month(self) -> Iterator[Period]:
        """The part of each month that lies in the period."""
        start = self.start
        while start <= self.end:
            last = start.replace(day=monthrange(start.year, start.month)[1])
            yield replace(self, start=start, end=min(last, self.end))
            start = last + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One counted figure. `month` is 1 to 12, or None when only the year was recorded."""

    year: int
    month: int | None
    site_id: int
    value: int
    detail: str = ""
    """A key, not a text: what it is called is for `Indicator.detail_names` to say."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of people with its 95 % interval; `low` equals `high` where it is as good as counted."""

    value: int
    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Something counted that has to be said beside a figure. `sentence` takes %(count)s and may be a lazy plural."""

    indicator: str
    sentence: Any


Expression = Callable[[Any], Any]
"""Takes a table of Ibis (which has what `Facts.columns` names, and `COMMON_COLUMNS`) and answers with an Ibis
expression: `lambda t: t.quantity.sum()`. It is compiled for the ledger's databases, for DuckDB and for Spark by
tools/compile_indicators.py; nothing calls it while the program runs."""

COMMON_COLUMNS: Mapping[str, str] = {
    "day": "date",
    "precision": "string",
    "is_year_only": "int64",
    "site_id": "int64",
    "person": "string",
}
"""What every row of facts says beside its own columns. `person` is empty where nobody gave a code. In the ledger it is
the participant's id, in the copy a number that holds for one reporting year."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A table that figures are counted from: rows of the ledger that count today, without any words of people."""

    name: str
    columns: Mapping[str, str]
    """Own columns: int64, or string for one of a few known words."""
    rows: Callable[[], Any]
    """A QuerySet of a program's rows, which has all columns as fields or annotations."""


def no_names() -> Mapping[str, Any]:
    return {}


def all_rows(facts: Any) -> Any:
    return facts


def as_stored() -> Callable[[Any], tuple[str, ...]]:
    return lambda value: (str(value),)


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A figure with its definition and the expression that counts it.

    Raise `version` whenever the expression, its facts or the definition changes: what was counted before is then
    counted again.
    """

    name: str
    version: int
    title: Any
    definition: Any
    source: Any
    """Which records it is counted from, in words."""
    unit: Unit
    facts: Facts | None = None
    """What it is counted from; None for a figure that is only the sum of its parts."""
    value: Expression | None = None
    """A sum or a number of rows: what months and sites come to adds up."""
    detail: str = ""
    """The column of the facts that it is broken down by."""
    details_of: Callable[[], Callable[[Any], Iterable[str]]] = as_stored
    """Called once for a report: answers with the function that turns a stored detail into its key or keys."""
    detail_title: Any = ""
    """What `Cell.detail` names (an item, a service), or an empty string if nothing."""
    detail_names: Callable[[], Mapping[str, Any]] = no_names
    """What each detail is called, in the reader's language; called inside the program's scope."""
    details_from: str = ""
    """Another indicator whose details are shown with this one, because they overlap and must not be added up."""
    part_of: str = ""
    """Another indicator that this one is added to. It is then not shown by itself."""
    only_beside: bool = False
    """Shown beside other figures only."""
    for_funders: bool = False
    """Counted where a funder's report or a file asks for it; the desk's page stays quick without."""
    shown_with: str = ""
    """Another indicator: the desk's page shows this one where that one is more than none. Most programs have no
    supervised room, and those that have one want to read that nobody died."""
    denominator: Beside | None = None
    beside: tuple[Beside, ...] = ()
    """What this figure leaves out."""
    estimate_reason: Any = ""
    """Why the figure is an estimate; empty for one that was counted."""

    @property
    def is_listed(self) -> bool:
        return not self.part_of and not self.only_beside and not self.for_funders


@dataclass(frozen=True, kw_only=True)
class PeopleIndicator(Indicator):
    """A figure of different people: months and sites don't add up, because one person can be in several."""

    among: Expression = all_rows
    """The rows at which these people were seen."""
