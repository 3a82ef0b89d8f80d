"""How often questions are asked and declined: over the newest records only, so that it never takes long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alongside.encounters.models import Encounter, Entry
from alongside.encounters.questions import REACHED, all_questions
from alongside.encounters.registry import registry
from alongside.kernel.answers import DECLINED

NEWEST = 20_000


@dataclass
class Shares:
    """Of so many records that could hold an answer: how many do, and how many say "prefers not to say"."""

    records: int = 0
    asked: int = 0
    declined: int = 0

    @property
    def asked_percent(self) -> float | None:
        return 100 * self.asked / self.records if self.records else None

    @property
    def declined_percent(self) -> float | None:
        return 100 * self.declined / self.asked if self.asked else None


def answers_counted() -> Mapping[str, Shares]:
    """By question's name. Inside the program's scope."""
    found: dict[str, Shares] = defaultdict(Shares)
    entries = Entry.objects.filter(outcome=Entry.Outcome.ACCEPTED).order_by("-pk")
    for kind, payload in entries.values_list("kind", "payload")[:NEWEST].iterator():
        if kind in registry.kinds:
            _count(found, kind, payload)
    contacts = Encounter.objects.order_by("-pk").values_list("reached", "participant_id")[:NEWEST]
    for reached, participant_id in contacts.iterator():
        _note(found[REACHED], is_asked=reached is not None)
        _note(found["code"], is_asked=participant_id is not None)
    return found


def _count(found: dict[str, Shares], kind: str, payload: Mapping[str, Any]) -> None:
    for field in registry.kinds[kind].questions:
        name = f"{kind}.{field}"
        assert name in all_questions()  # noqa: S101 (both are built from the kind)
        value = payload.get(field)
        _note(found[name], is_asked=value not in (None, "", [], {}), is_declined=value == DECLINED)


def _note(shares: Shares, *, is_asked: bool, is_declined: bool = False) -> None:
    shares.records += 1
    shares.asked += is_asked
    shares.declined += is_declined
