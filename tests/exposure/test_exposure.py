"""What would a subpoena show, and what is left once it was shredded."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.encounters.models import Attempt, Encounter, Entry, Purge
from alongside.encounters.retention import change_rules, do_purge, due, keep_rules, months_before, next_shredding
from alongside.encounters.singling_out import singled_out
from alongside.jobs.models import Job
from alongside.jobs.specs import Work
from alongside.kernel.exposure import Rule
from alongside.kernel.ids import uuid7
from alongside.participants.models import Participant
from alongside.sites.models import AuditEvent
from tests import pages
from tests.exposure.conftest import somebody
from tests.places import Place, facts
from tests.programs import make_member, signed_in

pytestmark = pytest.mark.django_db

YEAR = dict.fromkeys(Rule, 12)


@pytest.fixture
def office(place: Place) -> Client:
    return signed_in(Client(), make_member(place.program, Role.COORDINATOR))


def work(**payload: int) -> Work:
    return Work(job_id=uuid7(), payload=payload, attempt=1, report_progress=lambda done, total: None)


@pytest.mark.once
def test_months_before_and_after() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 3, 1), "February has no 31st: a day longer, not shorter"
    assert months_before(date(2026, 1, 15), 13) == date(2024, 12, 15)
    assert months_before(date(2024, 12, 15), -13) == date(2026, 1, 15)


def test_nothing_goes_by_itself_before_somebody_says_so(place: Place, old_and_new: tuple[UUID, UUID]) -> None:
    assert (due(place.program).people, due(place.program).details) == (0, 0)
    assert next_shredding(place.program)["people"] is None


def test_the_rules_shred_what_is_old_and_keep_what_counts(place: Place, old_and_new: tuple[UUID, UUID]) -> None:
    change_rules(place.program, YEAR, by_id=place.worker.pk)
    before = facts()
    keep_rules(work())
    keep_rules(work())
    assert list(Participant.objects.values_list("pk", flat=True)) == [old_and_new[1]]
    assert Encounter.objects.count() == 2
    assert sum(each.participant_id is None for each in Encounter.objects.all()) == 1
    kept = sorted("area" in each.payload for each in Entry.objects.filter(kind="naloxone.reversal_reported"))
    assert kept == [False, True]
    assert facts() == before, "what was recorded counts as before"
    assert Attempt.objects.count() == 1
    receipt = Purge.objects.get()
    assert (receipt.people, receipt.contacts, receipt.attempts) == (1, 1, 1)
    assert receipt.by is None
    assert AuditEvent.objects.filter(action="retention.purged").count() == 1


def test_details_go_and_the_person_stays(place: Place, old_and_new: tuple[UUID, UUID]) -> None:
    months = {Rule.PEOPLE: None, Rule.DETAILS: 12, Rule.ATTEMPTS: None}
    change_rules(place.program, months, by_id=place.worker.pk)
    assert due(place.program).details == 1
    keep_rules(work())
    assert due(place.program).details == 0
    assert Purge.objects.get().details == 1
    assert set(Encounter.objects.values_list("participant", flat=True)) == set(old_and_new)


def test_somebody_whose_other_code_was_seen_stays(place: Place) -> None:
    old, new = somebody(place, ago=timedelta(days=900)), somebody(place, ago=timedelta())
    Participant.objects.filter(pk=new).update(counted_as=old)
    change_rules(place.program, YEAR, by_id=place.worker.pk)
    assert due(place.program).people == 0


def test_a_purge_by_hand_says_how_much_and_leaves_a_receipt(
    place: Place, office: Client, old_and_new: tuple[UUID, UUID]
) -> None:
    page = reverse("desk:exposure_purge")
    assert "There is nothing to shred" not in office.get(page).content.decode(), "attempts have a period from the start"
    office.post(reverse("desk:exposure_rules"), {"people": "12", "details": "", "attempts": "12"})
    answer = office.post(page)
    receipt = Purge.objects.get()
    assert answer["location"] == reverse("desk:exposure_receipt", args=[receipt.pk])
    assert "under way" in office.get(answer["location"]).content.decode()
    payload = Job.objects.get(kind="retention.purge").payload
    do_purge(work(**payload))
    do_purge(work(**payload))
    receipt.refresh_from_db()
    assert (receipt.people, receipt.attempts) == (1, 1)
    shown = office.get(answer["location"]).content.decode()
    assert "It can’t be brought back." in shown
    assert "None was made by this program before." in shown
    assert NOT_REACHED <= reached_by_nothing(shown) == reached_by_nothing(office.get(reverse("desk:exposure")).content)


NOT_REACHED = {
    "Backups",
    "Space inside the database",
    "The copy for analytics",
    "Phones",
    "Files",
    "What the phone company",
}


def reached_by_nothing(page: bytes | str) -> set[str]:
    """The places that a page names, by the words that each begins with."""
    text = page.decode() if isinstance(page, bytes) else page
    (named,) = [each for each in pages.read(text).all("ul") if each.attributes.get("class") == "not-reached"]
    return {start for start in NOT_REACHED for each in named.all("li") if each.text.startswith(start)}


def test_the_page_names_fields_counts_and_dates(place: Place, office: Client, old_and_new: tuple[UUID, UUID]) -> None:
    change_rules(place.program, {Rule.PEOPLE: 48, Rule.DETAILS: None, Rule.ATTEMPTS: 12}, by_id=place.worker.pk)
    page = office.get(reverse("desk:exposure")).content.decode()
    for words in (
        "participants.Code.digest",
        "encounters.Entry.payload",
        "48 months after the person was last seen.",
        "Until you shred it: no period is set.",
        "On this machine",
        "None was made by this program before.",
    ):
        assert words in page
    assert next_shredding(place.program)["people"] is not None


def test_a_period_has_to_be_a_number(place: Place, office: Client) -> None:
    assert office.post(reverse("desk:exposure_rules"), {"people": "soon"}).status_code == 422


def test_whom_a_combination_singles_out(place: Place) -> None:
    for reached in (2, 2, 5):
        somebody(place, ago=timedelta(), reached=reached)
    found = singled_out(place.program)
    counted = {each.words: (each.of, each.singled_out, each.k) for each in (*found.contacts, *found.people)}
    assert counted["Day and place"] == (3, 0, 3)
    assert counted["Day, place and how many others they collect for"] == (3, 1, 1)
    assert counted["One day and place at which nobody else gave a code"] == (3, 0, 3)
    assert counted["All days and places they came to"] == (3, 0, 3)
    details = [each for each in found.details if "ZIP" in each.words]
    assert [(each.of, each.singled_out, each.k) for each in details] == [(3, 0, 3)]
