"""A visit as the ledger of contacts keeps it, when the person has left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from alongside.kernel.answers import NOT_ASKED, Answer
from alongside.kernel.services import Payload
from alongside.services.consumption_room.rules.state import EmergencyState, VisitState

KIND = "consumption_room.visit"

Substance = Literal[
    "fentanyl",
    "heroin",
    "hydromorphone",
    "other_opioid",
    "methamphetamine",
    "cocaine",
    "crack",
    "other_stimulant",
    "benzodiazepine",
    "ketamine",
    "other",
    "unknown",
    "declined",
]
Route = Literal["injected", "smoked", "snorted", "swallowed", "rectal"]


class EmergencySaid(BaseModel):
    """An overdose or another emergency, and what was done. Without times: the room's own record has them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["opioid", "stimulant", "other", "unknown"]
    naloxone_doses: Annotated[int, Field(ge=0, le=100)] = 0
    oxygen: bool = False
    ambulance: Literal["none", "called", "took", "declined"] = "none"
    outcome: Literal["recovered", "left", "hospital", "died", "unknown"]


class RoomVisit(Payload):
    """One person's visit to the room. `uses` may be 0: somebody came in and did not use."""

    minutes: Annotated[int, Field(ge=0, le=14_400)] | None = None
    uses: Annotated[int, Field(ge=0, le=100)] = 0
    substances: Annotated[tuple[Substance, ...], Field(max_length=13)] = ()
    route: Answer[Route] = None
    emergencies: Annotated[tuple[EmergencySaid, ...], Field(max_length=20)] = ()


def payload_of(visit: VisitState) -> dict[str, object]:
    """What is said of a visit that has ended."""
    said: dict[str, object] = {
        "uses": len(visit.uses),
        "substances": visit.substances,
        "emergencies": [_said(each) for each in visit.emergencies if each.is_counted],
    }
    if visit.left_at:
        said["minutes"] = min(14_400, int((visit.left_at - visit.arrived_at).total_seconds() // 60))
    if visit.route and visit.route != NOT_ASKED:
        said["route"] = visit.route
    return said


def _said(emergency: EmergencyState) -> dict[str, object]:
    return {
        "type": emergency.type,
        "naloxone_doses": sum(emergency.doses.values()),
        "oxygen": emergency.has_oxygen,
        "ambulance": ambulance_of(emergency.ambulance),
        "outcome": emergency.outcome,
    }


def ambulance_of(states: frozenset[str]) -> str:
    """none, called, took or declined: the furthest that it went."""
    found: Sequence[str] = [each for each in ("took", "declined") if each in states]
    return found[0] if found else "called" if states else "none"
