"""A program with a sender, for tests of the one door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.submissions import Said, Sender, Submission
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.sites.models import Program, Site
from alongside.supplies.models import StockLevel, StockMove
from tests.programs import item_of, make_member, make_program, site_of

SYRINGE = "syringe-1ml-29g-half"
NALOXONE = "naloxone-nasal-4mg"


@dataclass
class Place:
    program: Program
    site: Site
    worker: User
    sender: Sender

    def submission(self, *entries: Said, **fields: Any) -> Submission:
        values: dict[str, Any] = {"id": uuid7(), "site_id": self.site.pk, "occurred_at": now()}
        return Submission(**values | fields | {"entries": entries})

    def stock(self, key: str, quantity: int, *, lot: str = "") -> None:
        item = item_of(self.program, key)
        found, _ = item.lots.get_or_create(program=self.program, code=lot)
        StockMove.objects.create(
            program=self.program,
            site=self.site,
            item=item,
            lot=found,
            quantity=quantity,
            reason=StockMove.Reason.OPENING,
            at=now(),
            by=self.worker,
        )

    def on_hand(self, key: str) -> int:
        return sum(StockLevel.objects.filter(item__key=key, site=self.site).values_list("quantity", flat=True))


def supplies(**items: int) -> Said:
    return Said("distribution.supplies_given", 1, {"items": items or {SYRINGE: 10}})


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    program = make_program()
    worker = make_member(program)
    sender = Sender(program=program, user_id=worker.pk, permissions=frozenset(PERMISSIONS), door="desk")
    with scope(program=program):
        yield Place(program=program, site=site_of(program), worker=worker, sender=sender)
