"""What a mutation of the source is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One place in the source, changed so that a property no longer holds, and the test that has to notice."""

    breaks: str
    """It begins with the number of the property (`properties.py`)."""
    file: str
    """In src/alongside."""
    old: str
    """Is there exactly once."""
    new: str
    noticed_by: str
    database: str = "sqlite"

    @property
    def property(self) -> int:
        return int(self.breaks.split(" ")[0])
