"""Rows for DuckDB as arrays, which it reads in place; row by row would take thousands of times as long.

Of whole numbers it knows no empty ones in an array, so one number stands for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

NONE = np.iinfo(np.int64).min
WORDS = "VARCHAR"


def as_array(kind: str, values: Sequence[Any]) -> Any:
    if kind == WORDS:
        return np.array(values, dtype=object)
    return np.array([NONE if value is None else int(value) for value in values], dtype=np.int64)


def read_back(name: str, kind: str) -> str:
    """The column as it was, for a SELECT from the arrays."""
    return f'"{name}"' if kind == WORDS else f'NULLIF("{name}", {NONE})'
