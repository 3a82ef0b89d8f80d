"""The one place that asks what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_set_to: ContextVar[datetime | None] = ContextVar("alongside_clock", default=None)


def now() -> datetime:
    return _set_to.get() or datetime.now(tz=UTC)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Stand at another moment: for tests, and for a demo program's past."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of an aware `moment` in the program's IANA time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def today(zone: str) -> date:
    return local_day(now(), zone)
