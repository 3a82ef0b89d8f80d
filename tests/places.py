"""A desk to record contacts at: a program, a site, a worker, and what the ledger says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said, Sender, Submission
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.sites.models import Program, Site
from alongside.supplies.models import Item, StockLevel, StockMove
from tests.programs import item_of, make_member, make_program, signed_in, site_of

SYRINGE = "syringe-1ml-29g-half"
NALOXONE = "naloxone-nasal-4mg"

LEDGERS_OWN = {"id", "program", "site", "entry", "day", "precision"}
"""Columns of a fact that the ledger fills in, not the service."""


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

    def levels(self) -> dict[str, int]:
        """Units of each item at the site; items without any are left out."""
        found: dict[str, int] = {}
        for key, quantity in StockLevel.objects.filter(site=self.site).values_list("item__key", "quantity"):
            found[key] = found.get(key, 0) + quantity
        return {key: quantity for key, quantity in found.items() if quantity}


def supplies(**items: int) -> Said:
    return Said("distribution.supplies_given", 1, {"items": items or {SYRINGE: 10}})


def facts() -> dict[str, list[dict[str, Any]]]:
    """Every fact of every service, without what the ledger adds; items by key. In one order: a ledger has none."""
    found = {}
    for service in registry:
        for model in service.facts:
            names = [field.name for field in model._meta.concrete_fields if field.name not in LEDGERS_OWN]
            rows = [{name: _plain(getattr(row, name)) for name in names} for row in model.objects.order_by("pk")]
            if rows:
                found[model.__name__] = in_order(rows)
    return found


def in_order(rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, default=str))


def _plain(value: Any) -> Any:
    return value.key if isinstance(value, Item) else value


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    program = make_program()
    worker = make_member(program)
    sender = Sender(program=program, user_id=worker.pk, permissions=frozenset(PERMISSIONS), door="desk")
    with scope(program=program):
        yield Place(program=program, site=site_of(program), worker=worker, sender=sender)


@pytest.fixture
def desk(place: Place, client: Client) -> Client:
    """A browser without JavaScript, signed in as the worker."""
    return signed_in(client, place.worker)
