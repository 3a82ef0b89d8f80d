"""How alarms went: how quickly people answered, and how often all was well."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from alongside.alarms.models import Incident
from alongside.alarms.queries import CANARY

MOST = 5_000


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Of the incidents that have ended. Times in seconds; None if there are none."""

    ended: int
    overdoses: int
    false_alarms: int
    taken_seconds: float | None
    """Median, from the deadline until somebody took it."""
    late_seconds: float | None
    """The most that any was raised after its deadline."""

    @property
    def false_share(self) -> float | None:
        """A false alarm: the person was all right, or said so late."""
        return self.false_alarms / self.ended if self.ended else None


def rates_of(program_id: int) -> Rates:
    rows = list(
        Incident._base_manager.filter(program_id=program_id)
        .exclude(closed_ms=None)
        .exclude(kind=CANARY)
        .order_by("-raised_ms")
        .values_list("outcome", "due_ms", "raised_ms", "acknowledged_ms")[:MOST]
    )
    outcomes = [outcome for outcome, _due, _raised, _taken in rows]
    taken = [(taken_ms - due_ms) / 1000 for _outcome, due_ms, _raised, taken_ms in rows if taken_ms]
    return Rates(
        ended=len(rows),
        overdoses=outcomes.count(Incident.Outcome.OVERDOSE),
        false_alarms=outcomes.count(Incident.Outcome.OK),
        taken_seconds=median(taken) if taken else None,
        late_seconds=max(((raised - due) / 1000 for _outcome, due, raised, _taken in rows), default=None),
    )
