"""When something happened, as somebody in the room would say it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AHEAD = timedelta(seconds=5)
"""A clock on the wall may be this much ahead of the server's."""


def moment_of(said: time, *, now: datetime, zone: str, day: date | None = None) -> datetime:
    """The last moment at which the clock showed `said`; on `day` if one is given.

    Of an hour that comes twice in autumn it is the first.
    """
    place = ZoneInfo(zone)
    if day is not None:
        return datetime.combine(day, said, tzinfo=place)
    today = now.astimezone(place).date()
    moment = datetime.combine(today, said, tzinfo=place)
    return moment if moment <= now + AHEAD else datetime.combine(today - timedelta(days=1), said, tzinfo=place)
