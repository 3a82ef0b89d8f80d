"""What the lines of a visit add up to. The board, the stock and the figures all come from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import ceil
from uuid import UUID

from alongside.services.consumption_room.rules.lines import Kind, Line, of_kind, standing
from alongside.services.consumption_room.rules.protocol import Protocol, next_look

FALSE_ALARM = "false_alarm"
OUTCOMES = ("recovered", "left", "hospital", "died", FALSE_ALARM, "unknown")
TYPES = ("opioid", "stimulant", "other", "unknown")
AMBULANCE = ("called", "arrived", "took", "declined", "sent_away")
LOOKS = ("awake", "drowsy")


@dataclass(frozen=True, kw_only=True)
class EmergencyState:
    """One emergency: open until it has an outcome."""

    id: UUID
    opened_at: datetime
    type: str
    lines: tuple[Line, ...]
    closed_at: datetime | None = None
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_counted(self) -> bool:
        return self.outcome != FALSE_ALARM

    @property
    def doses(self) -> Mapping[str, int]:
        """Naloxone doses by item of the catalogue."""
        found: Counter[str] = Counter()
        for line in of_kind(self.lines, Kind.NALOXONE):
            found[str(line.value["item"])] += int(line.value["doses"])
        return found

    @property
    def oxygen_on(self) -> Line | None:
        """The line that turned oxygen on, if it still runs."""
        switches = of_kind(self.lines, Kind.OXYGEN_ON, Kind.OXYGEN_OFF)
        return switches[-1] if switches and switches[-1].kind == Kind.OXYGEN_ON else None

    @property
    def has_oxygen(self) -> bool:
        return bool(of_kind(self.lines, Kind.OXYGEN_ON))

    @property
    def litres(self) -> int:
        """Oxygen that has run, in whole litres, rounded up; what still runs counts when it is turned off."""
        switches = of_kind(self.lines, Kind.OXYGEN_ON, Kind.OXYGEN_OFF)
        runs = pairwise(switches)
        return ceil(sum(_litres(on, off) for on, off in runs if on.kind == Kind.OXYGEN_ON))

    @property
    def masks(self) -> int:
        return sum(1 for line in of_kind(self.lines, Kind.OXYGEN_ON) if line.value.get("mask"))

    @property
    def saturation(self) -> int | None:
        """The last SpO₂ in percent."""
        readings = of_kind(self.lines, Kind.SATURATION)
        return int(readings[-1].value["percent"]) if readings else None

    @property
    def ambulance(self) -> frozenset[str]:
        return frozenset(str(line.value["state"]) for line in of_kind(self.lines, Kind.AMBULANCE))

    @property
    def response(self) -> str:
        """none, oxygen, naloxone or both."""
        given = bool(sum(self.doses.values()))
        return {(False, False): "none", (False, True): "oxygen", (True, False): "naloxone"}.get(
            (given, self.has_oxygen), "both"
        )


def _litres(on: Line, off: Line) -> float:
    return int(on.value["litres_per_minute"]) * (off.happened_at - on.happened_at).total_seconds() / 60


@dataclass(frozen=True, kw_only=True)
class VisitState:
    """One person's time in the room."""

    arrived_at: datetime
    handle: str
    place: str
    lines: tuple[Line, ...]
    emergencies: tuple[EmergencyState, ...]
    left_at: datetime | None = None

    @property
    def uses(self) -> list[Line]:
        return of_kind(self.lines, Kind.USING)

    @property
    def used_at(self) -> datetime | None:
        return self.uses[-1].happened_at if self.uses else None

    @property
    def substances(self) -> list[str]:
        """Everything that was said to be used, each once, in the order it was said."""
        return list(dict.fromkeys(str(each) for line in self.uses for each in line.value["substances"]))

    @property
    def route(self) -> str:
        """Of the last use."""
        return str(self.uses[-1].value["route"]) if self.uses else ""

    @property
    def looked(self) -> Line | None:
        looks = of_kind(self.lines, Kind.LOOKED)
        return looks[-1] if looks else None

    @property
    def is_drowsy(self) -> bool:
        return self.looked is not None and self.looked.value["state"] == "drowsy"

    @property
    def emergency(self) -> EmergencyState | None:
        """The one that is open."""
        return next((each for each in self.emergencies if each.is_open), None)

    @property
    def watched_since(self) -> datetime | None:
        """When they used, or when their last emergency ended if that was later."""
        ends = [each.closed_at for each in self.emergencies if each.closed_at]
        moments = [moment for moment in (self.used_at, *ends) if moment]
        return max(moments, default=None)

    def next_look(self, protocol: Protocol | None) -> datetime | None:
        """When to look next. None for who has not used yet, has left, was watched long enough, or is being helped."""
        since = self.watched_since
        if protocol is None or since is None or self.left_at or self.emergency:
            return None
        minutes = protocol.minutes_for(self.substances, self.route)
        looked_at = self.looked.happened_at if self.looked else None
        return next_look(minutes, since=since, looked_at=looked_at, is_drowsy=self.is_drowsy)


def visit_of(lines: Iterable[Line]) -> VisitState | None:
    """What these lines of one visit say; None if the arrival itself was taken back."""
    left = standing(lines)
    arrivals = of_kind(left, Kind.ARRIVED)
    if not arrivals:
        return None
    moves = of_kind(left, Kind.MOVED)
    departures = of_kind(left, Kind.LEFT)
    return VisitState(
        arrived_at=arrivals[0].happened_at,
        handle=str(arrivals[0].value["handle"]),
        place=str((moves or arrivals)[-1].value["place"]),
        lines=tuple(left),
        emergencies=tuple(_emergencies(left)),
        left_at=departures[-1].happened_at if departures else None,
    )


def _emergencies(left: Sequence[Line]) -> Iterable[EmergencyState]:
    for opening in of_kind(left, Kind.EMERGENCY):
        own = [line for line in left if line.emergency_id == opening.emergency_id]
        types, ends = of_kind(own, Kind.TYPE), of_kind(own, Kind.OUTCOME)
        assert opening.emergency_id is not None  # noqa: S101 - the database sees to it
        yield EmergencyState(
            id=opening.emergency_id,
            opened_at=opening.happened_at,
            type=str(types[-1].value["type"]) if types else "unknown",
            lines=tuple(own),
            closed_at=ends[-1].happened_at if ends else None,
            outcome=str(ends[-1].value["outcome"]) if ends else "",
        )


def units_for(doses: int, *, doses_per_unit: int) -> int:
    """Units that leave the shelf for these doses: a box that was opened is not put back."""
    return ceil(doses / max(1, doses_per_unit))
