"""What a service can read from a line of somebody's spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class SheetFigure:
    """A whole number that a line may hold. `name` is stored in saved mappings and never renamed."""

    name: str
    title: Any
    words: tuple[str, ...]
    """What people write above such a column, in English and Spanish, in lower case."""


@dataclass(frozen=True, kw_only=True)
class SheetFigures:
    """The numbers that one kind of record reads from a line, and the payloads that they make."""

    figures: tuple[SheetFigure, ...]
    payloads: Callable[[Mapping[str, int]], Iterable[dict[str, Any]]]
    """From the figures of one line by name; a cell that was blank is absent."""
