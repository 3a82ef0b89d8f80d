"""What a funder's report consists of once it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from alongside.kernel.indicators import Indicator, Unit
from alongside.reports.figures import Question
from alongside.reports.funders.definitions import Definition, Line
from alongside.sites.models import Program


@dataclass(frozen=True, kw_only=True)
class Row:
    """A number with what it is about: "" for the whole line, else a site, a month or an item.

    `value` is None where nobody said anything or nothing can be divided; `text` is for answers in words.
    """

    key: str = ""
    label: str = ""
    value: int | Decimal | None = None
    low: int | Decimal | None = None
    high: int | Decimal | None = None
    text: str = ""
    is_percent: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A line of the report as it was answered."""

    line: Line
    rows: Sequence[Row]
    indicator: Indicator | None = None
    notes: Sequence[str] = ()
    total: Row | None = None
    """What a line broken down comes to in all, to protect it by; not shown."""

    @property
    def unit(self) -> Unit | None:
        return self.indicator.unit if self.indicator else None


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A report of a period. `is_protected` once small numbers of people are hidden."""

    definition: Definition
    question: Question
    program: Program
    site_name: str
    answers: Sequence[Answer]
    warnings: Sequence[str] = field(default_factory=tuple)
    is_protected: bool = False
