"""Text that a spreadsheet must not run: a name that begins like a formula stays a name."""

from __future__ import annotations

from typing import TypeVar

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Value = TypeVar("Value")


def harmless(value: Value) -> Value | str:
    """A cell for a CSV file: text that begins like a formula gets an apostrophe, numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
