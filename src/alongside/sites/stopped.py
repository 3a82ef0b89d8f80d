"""Two transactions that wait for each other: PostgreSQL stops one of them, and that one is tried again.

Whoever writes stock locks what it needs in one order, so this is rare: the first units of an item at a site have no
level to lock beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

STOPPED = {"40P01", "40001"}
"""PostgreSQL's codes for a deadlock and for a serialization failure."""
TRIES = 4

P = ParamSpec("P")
R = TypeVar("R")


def again_if_stopped(action: Callable[P, R]) -> Callable[P, R]:
    """For a verb that opens its own transaction and may be called twice. Inside another transaction it can't help."""

    @wraps(action)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        for _try in range(TRIES - 1):
            try:
                return action(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", "") not in STOPPED:
                    raise
        return action(*args, **kwargs)

    return tried
