"""Minutes of observation: when to look first, how often, how long. Data that a program agrees on, never ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from alongside.services.consumption_room.rules.substances import ROUTES, Group, groups_of

MOST_MINUTES = 240


@dataclass(frozen=True, kw_only=True, slots=True)
class Minutes:
    """How one person is watched. All in minutes since they used, or since the last look."""

    first: int
    every: int
    drowsy: int
    """Between looks while somebody is drowsy."""
    stay: int
    """How long they are watched after using, and again after an emergency."""


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """Minutes by group of substances and route; `route` "any" stands for every route without a row of its own."""

    version: int
    source: str
    rows: Mapping[tuple[str, str], Minutes]

    def minutes_for(self, substances: list[str], route: str) -> Minutes:
        """The strictest of all rows that apply; with a route that nobody said, of all routes."""
        found = [each for group in groups_of(substances) for each in self._rows_of(group, route)]
        found = found or list(self.rows.values())
        return Minutes(
            first=min(each.first for each in found),
            every=min(each.every for each in found),
            drowsy=min(each.drowsy for each in found),
            stay=max(each.stay for each in found),
        )

    def _rows_of(self, group: Group, route: str) -> list[Minutes]:
        if route in ROUTES:
            row = self.rows.get((group, route)) or self.rows.get((group, "any"))
            return [row] if row else []
        return [minutes for (each, _route), minutes in self.rows.items() if each == group]


def as_rows(protocol: Protocol) -> list[dict[str, Any]]:
    """As it is stored."""
    return [{"group": group, "route": route, **asdict(each)} for (group, route), each in protocol.rows.items()]


def from_rows(rows: list[Mapping[str, Any]], *, version: int, source: str) -> Protocol:
    return Protocol(
        version=version,
        source=source,
        rows={
            (str(row["group"]), str(row["route"])): Minutes(
                first=int(row["first"]), every=int(row["every"]), drowsy=int(row["drowsy"]), stay=int(row["stay"])
            )
            for row in rows
        },
    )


def next_look(minutes: Minutes, *, since: datetime, looked_at: datetime | None, is_drowsy: bool) -> datetime | None:
    """When somebody has to look next; None once they were watched for long enough and were awake at the last look.

    `since` is when they used, or when an emergency of theirs ended if that was later.
    """
    if looked_at is None or looked_at < since:
        return since + timedelta(minutes=minutes.first)
    if is_drowsy:
        return looked_at + timedelta(minutes=minutes.drowsy)
    if looked_at >= since + timedelta(minutes=minutes.stay):
        return None
    return looked_at + timedelta(minutes=minutes.every)
