"""How often the desk's pages ask the database: a committed baseline each, the same with 10,000 contacts stored."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alongside.encounters.ingest import ingest
from alongside.encounters.models import Encounter
from alongside.encounters.submissions import Said
from alongside.kernel.clock import now
from alongside.participants.actions import new_cards
from tests.baselines import compare
from tests.places import NALOXONE, SYRINGE, Place, supplies
from tests.recording.forms import opened, post

MOST = 15
STORED = 10_000
A_DAY = 60
"""Contacts of today among those stored: more than a page shows."""

TRANSACTION = ("BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT", "COMMIT", "ROLLBACK")


class Asked(CaptureQueriesContext):
    """Questions asked inside; beginning and ending a transaction is none."""

    def __init__(self) -> None:
        super().__init__(connection)

    @property
    def count(self) -> int:
        return len([each for each in self.captured_queries if not each["sql"].startswith(TRANSACTION)])


def fill(place: Place, contacts: int) -> None:
    """Contacts of the last months, half of them with two entries."""
    for start in range(0, contacts, 1000):
        ingest(
            [
                place.submission(
                    supplies(**{SYRINGE: 10, "cooker": 10}),
                    *([Said("naloxone.kit_given", 1, {"items": {NALOXONE: 1}})] if number % 2 else []),
                    occurred_at=now() - timedelta(minutes=20) * (0 if number < A_DAY else number),
                )
                for number in range(start, min(start + 1000, contacts))
            ],
            sender=place.sender,
        )


def counts(place: Place, desk: Client) -> dict[str, int]:
    [code] = new_cards(1, program=place.program)
    filled = {f"items.{SYRINGE}": "10", f"items.{NALOXONE}": "1", "syringes.returned.count": "4"}
    contact = Encounter.objects.order_by("-received_at").first()
    pages = {
        "record page": lambda: desk.get("/record/"),
        "record page after saving": lambda: desk.get(f"/record/?saved={contact.pk if contact else ''}"),
        "record page with faults": lambda: post(desk, {"site": str(place.site.pk), "people": "0"}),
        "record page with a bag": lambda: post(desk, {"site": str(place.site.pk), "bag": "bag-injecting-10"}),
        "today": lambda: desk.get("/today/"),
        "today, page 2": lambda: desk.get("/today/?page=2"),
        "queue": lambda: desk.get("/queue/"),
        "saving a contact": lambda: post(desk, opened_once | filled),
        "saving a contact with a new code": lambda: post(desk, opened_twice | filled | {"code": code}),
    }
    if contact:
        pages["a contact"] = lambda: desk.get(reverse("desk:contact", args=[contact.pk]))
        pages["correcting"] = lambda: desk.get(reverse("desk:correct", args=[contact.pk]))
    opened_once, opened_twice = opened(desk), opened(desk)
    found = {}
    for name, ask in pages.items():
        with Asked() as asked:
            assert ask().status_code in {200, 302, 422}
        found[name] = asked.count
    return found


@pytest.mark.django_db
def test_pages_ask_as_often_as_they_did(place: Place, desk: Client) -> None:
    fill(place, 70)
    found = counts(place, desk)
    assert max(count for name, count in found.items() if not name.startswith("saving")) <= MOST, found
    compare("query_counts", found)


@pytest.mark.django_db
@pytest.mark.slow
def test_pages_ask_no_more_and_take_no_longer_with_ten_thousand_contacts(place: Place, desk: Client) -> None:
    fill(place, 70)
    few, quick = counts(place, desk), seconds(desk)
    fill(place, STORED)
    many, slow = counts(place, desk), seconds(desk)
    assert many == few
    assert slow < quick * 3 + 0.05, f"{quick:.3f} s with few contacts, {slow:.3f} s with {STORED}"


def seconds(desk: Client) -> float:
    """Processor time of the two pages that are open all day, the best of three."""
    best = []
    for _try in range(3):
        began = time.process_time()
        desk.get("/record/")
        desk.get("/today/")
        best.append(time.process_time() - began)
    return min(best)
