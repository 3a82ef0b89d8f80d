"""What time it is for deadlines: the database's own clock, in whole milliseconds since 1970, UTC.

Several machines may watch the same deadlines and each of their clocks may be wrong; the database has one. Milliseconds
since 1970 know no time zone, so no night with 23 or 25 hours moves a deadline.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

EXPRESSION = {
    "sqlite": "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)",
}

_set_to: ContextVar[int | None] = ContextVar("alongside_database_clock", default=None)


def expression(vendor: str) -> str:
    """SQL for now, to be put into a statement."""
    moment = _set_to.get()
    return EXPRESSION[vendor] if moment is None else str(int(moment))


@contextmanager
def set_to(moment_ms: int) -> Iterator[None]:
    """Stand at another moment in this thread: for tests."""
    token = _set_to.set(moment_ms)
    try:
        yield
    finally:
        _set_to.reset(token)
