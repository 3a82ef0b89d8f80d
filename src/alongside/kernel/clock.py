"""The one place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    return datetime.now(tz=UTC)


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of an aware `moment` in the program's IANA time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def today(zone: str) -> date:
    return local_day(now(), zone)
