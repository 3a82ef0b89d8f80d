"""A program with contacts to report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django_scopes import scope

from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.ingest import ingest
from alongside.encounters.submissions import Said, Sender, Submission
from alongside.kernel.ids import uuid7
from alongside.kernel.indicators import Period
from alongside.participants.models import Participant
from alongside.reports.figures import Figure, Question, make_report
from alongside.sites.models import Program, Site
from tests.programs import make_member, make_program, site_of

SYRINGE = "syringe-1ml-29g-half"
NASAL = "naloxone-nasal-4mg"
TODAY = date(2026, 3, 20)
YEAR = Period(start=date(2026, 1, 1), end=date(2026, 12, 31))


@dataclass
class Ledger:
    program: Program
    sender: Sender

    def contact(self, day: date, *entries: Said, site: str = "Front desk", **said: Any) -> UUID:
        submission = Submission(
            id=uuid7(),
            site_id=site_of(self.program, site).pk,
            occurred_at=datetime(day.year, day.month, day.day, 17, tzinfo=UTC),
            entries=entries,
            **said,
        )
        (receipt,) = ingest([submission], sender=self.sender)
        assert receipt.word in {"accepted", "held"}, receipt
        return submission.id

    def person(self) -> UUID:
        return Participant.objects.create(program=self.program, made_on=TODAY).pk

    def figure(self, name: str, period: Period = YEAR, **asked: Any) -> Figure:
        return make_report(Question(period=period, today=TODAY, **asked), names=[name]).figures[name]


def supplies(**items: int) -> Said:
    return Said(
        "distribution.supplies_given", 1, {"items": {key.replace("_", "-"): each for key, each in items.items()}}
    )


def syringes(count: int) -> Said:
    return Said("distribution.supplies_given", 1, {"items": {SYRINGE: count}})


def make_ledger(name: str = "Harbor Exchange") -> Ledger:
    program = make_program(name)
    user = make_member(program, "coordinator")
    sender = Sender(program=program, user_id=user.pk, permissions=frozenset(PERMISSIONS), door="desk")
    return Ledger(program=program, sender=sender)


@pytest.fixture
def ledger(db: None) -> Iterator[Ledger]:
    made = make_ledger()
    with scope(program=made.program):
        yield made


def add_area(program: Program, name: str) -> Site:
    return Site.objects.create(program=program, name=name, kind=Site.Kind.AREA)
