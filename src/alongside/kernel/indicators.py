"""What a report counts: a name, a definition in words, a unit, and how to count it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """People, contacts and people reached through others are never mixed; items and doses are exact."""

    PEOPLE = "people"
    CONTACTS = "contacts"
    REACHED = "people reached through others"
    ITEMS = "items"
    DOSES = "doses"
    SYRINGES = "syringes"
    REPORTS = "reports"


@dataclass(frozen=True, kw_only=True)
class Period:
    """From `start` up to and including `end`, in the program's local days."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Cell:
    """One counted figure. `month` is the first day of a month, or None when only the year was recorded."""

    year: int
    month: int | None
    site_id: int
    value: int
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A figure with its definition; `count` answers with one cell per month, site and detail."""

    name: str
    version: int
    title: Any
    definition: Any
    unit: Unit
    detail_title: Any
    """What `Cell.detail` names (an item, estimated or counted), or an empty string if nothing."""
    count: Callable[[Period], Iterable[Cell]]
