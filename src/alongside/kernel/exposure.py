"""What a table stores of somebody, declared field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Rule(StrEnum):
    """A period after which a program shreds something by itself."""

    PEOPLE = "people"
    DETAILS = "details"
    ATTEMPTS = "attempts"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A table. Every field is in exactly one of the three: a field that is in none stops the tests."""

    title: Any = ""
    people: Mapping[str, Any] = field(default_factory=dict)
    """Fields that could point to a participant, alone or with others, and what they hold."""
    staff: tuple[str, ...] = ()
    """Fields about workers, peers and those who are called."""
    neither: tuple[str, ...] = ()
    rule: Rule | None = None
    kept: Any = ""
    """How long, where no rule of the program decides."""

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.people, *self.staff, *self.neither)
