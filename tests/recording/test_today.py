"""Today's list: what is on it, correcting, undoing, and what was kept for a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from alongside.encounters.changes import undo
from alongside.encounters.ingest import ingest
from alongside.encounters.models import Attempt, Encounter
from alongside.encounters.submissions import Said
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.services.distribution.models import Given
from alongside.services.naloxone.models import Reversal
from alongside.services.syringes.models import Returned
from alongside.sites.models import AuditEvent
from tests.pages import read
from tests.places import SYRINGE, Place, facts, supplies
from tests.programs import make_member, make_program, scope, signed_in
from tests.recording.forms import kept_on, opened, post, saved, send

pytestmark = pytest.mark.django_db

TODAY = "/today/"


def list_on(client: Client, url: str = TODAY) -> list[str]:
    page = read(client.get(url).content)
    return [node.text for node in page.all("li") if "contact" in node.attributes.get("class", "").split()]


def test_contacts_are_listed_newest_first_in_words(place: Place, desk: Client) -> None:
    earlier = place.submission(supplies(), occurred_at=now() - timedelta(minutes=5), people=3, reached=2)
    ingest([earlier], sender=place.sender)
    ingest([place.submission(Said("naloxone.reversal_reported", 1, {"doses": "unknown"}))], sender=place.sender)
    first, second = list_on(desk)
    assert "Overdose reversed, doses not known" in first
    assert "10 × Syringe 1 mL" in second
    assert "3 people" in second
    assert "collects for 2" in second


def test_the_three_numbers_are_shown_apart_and_named(place: Place, desk: Client) -> None:
    ingest([place.submission(supplies(), people=3, reached=2)], sender=place.sender)
    ingest([place.submission(supplies(), people=None)], sender=place.sender)
    page = read(desk.get(TODAY).content)
    tiles = [node.text for node in page.walk() if "tile" in node.attributes.get("class", "").split()]
    assert any("3" in tile and "ontacts" in tile for tile in tiles), tiles
    assert any("2" in tile and "reached" in tile for tile in tiles), tiles
    assert "One more entry is for people whom nobody counted." in page.text


def test_another_day_and_no_day(place: Place, desk: Client) -> None:
    past = datetime(2026, 3, 7, 17, 0, tzinfo=UTC)
    ingest([place.submission(supplies(), occurred_at=past)], sender=place.sender)
    assert list_on(desk) == []
    assert len(list_on(desk, f"{TODAY}?day=2026-03-07")) == 1
    for nonsense in ("never", "2026-02-30", "", "<script>", "9999-99-99", "0001-01-01", "9999-12-31"):
        assert desk.get(TODAY, {"day": nonsense}).status_code == 200
    for page in ("0", "-1", "x", "99999999999999999999"):
        assert desk.get(TODAY, {"page": page}).status_code == 200
    assert desk.get(TODAY, {"saved": "zzz"}).status_code == 200


def test_undo_takes_it_off_the_count_and_bring_back_counts_it(place: Place, desk: Client) -> None:
    contact = saved(send(desk, {f"items.{SYRINGE}": "10"}))
    answer = desk.post(reverse("desk:undo", args=[contact.pk]))
    page = read(desk.get(answer["location"]).content)
    assert "Undone: 10 × Syringe 1 mL" in page.text
    assert (facts(), place.levels()) == ({}, {})
    desk.post(reverse("desk:undo", args=[contact.pk]))
    assert desk.get(reverse("desk:correct", args=[contact.pk])).status_code == 302, "there is nothing to correct"
    for _twice in range(2):
        desk.post(reverse("desk:bring_back", args=[contact.pk]))
    assert place.levels() == {SYRINGE: -10}
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["contacts.recorded", "contacts.undone", "contacts.brought_back"]


def test_looking_never_changes_anything(place: Place, desk: Client) -> None:
    contact = saved(send(desk, {f"items.{SYRINGE}": "10"}))
    for name in ("undo", "bring_back"):
        assert desk.get(reverse(f"desk:{name}", args=[contact.pk])).status_code == 405
    assert place.levels() == {SYRINGE: -10}


def correction(client: Client, contact: Encounter, **typed: str) -> Encounter:
    return saved(send(client, typed, url=reverse("desk:correct", args=[contact.pk])))


def test_a_correction_is_a_new_revision_and_the_old_one_stays_to_be_read(place: Place, desk: Client) -> None:
    first = saved(send(desk, {f"items.{SYRINGE}": "10", "people": "2", "reached": "4"}))
    second = correction(desk, first, **{f"items.{SYRINGE}": "30"})
    assert (second.corrects, second.people, second.reached) == (first, 2, 4)
    assert abs(second.occurred_at - first.occurred_at) < timedelta(minutes=1)
    assert Given.objects.get().quantity == 30
    assert place.levels() == {SYRINGE: -30}
    assert len(list_on(desk)) == 1
    old = read(desk.get(reverse("desk:contact", args=[first.pk])).content)
    assert "This contact was corrected." in old.text
    new = read(desk.get(reverse("desk:contact", args=[second.pk])).content)
    assert "Earlier versions" in new.text
    third = correction(desk, second, **{f"items.{SYRINGE}": "5"})
    assert place.levels() == {SYRINGE: -5}
    desk.post(reverse("desk:undo", args=[third.pk]))
    assert (facts(), place.levels()) == ({}, {})
    assert Encounter.objects.count() == 3


def test_two_people_correct_the_same_contact_and_the_second_is_told(place: Place, desk: Client) -> None:
    contact = saved(send(desk, {f"items.{SYRINGE}": "10"}))
    url = reverse("desk:correct", args=[contact.pk])
    one, other = opened(desk, url), opened(desk, url)
    saved(post(desk, one | {f"items.{SYRINGE}": "20"}))
    answer = post(desk, other | {f"items.{SYRINGE}": "30"})
    assert answer.status_code == 422
    assert "already corrected or undone" in read(answer.content).text
    assert kept_on(answer)[f"items.{SYRINGE}"] == ["30"]
    assert place.levels() == {SYRINGE: -20}


def test_a_correction_loses_nothing_that_the_form_can_not_say(place: Place, desk: Client) -> None:
    report = "naloxone.reversal_reported"
    said = place.submission(
        supplies(),
        Said("syringes.returned", 1, {"count": 4, "estimate": 300}),
        Said(report, 1, {"doses": 1, "police": "declined", "survived": "yes"}),
        Said(report, 1, {"doses": 2}),
        Said(report, 1, {"doses": 3}),
        Said("wound_care.seen", 7, {"where": ["arm", {"deep": True}]}),
    )
    ingest([said], sender=place.sender)
    page = desk.get(reverse("desk:correct", args=[said.id]))
    assert "kept as it is" in read(page.content).text
    corrected = correction(desk, Encounter.objects.get(), **{f"items.{SYRINGE}": "30"})
    assert sorted(Reversal.objects.values_list("doses", flat=True)) == [1, 2, 3]
    assert sorted(Returned.objects.values_list("quantity", "is_estimated")) == [(4, False), (300, True)]
    assert corrected.entries.get(payload__doses="1").payload["police"] == "declined"
    held = corrected.entries.get(kind="wound_care.seen")
    assert (held.version, held.payload, held.outcome) == (7, {"where": ["arm", {"deep": True}]}, "held")
    assert place.levels() == {SYRINGE: -30}


def test_correcting_an_imported_contact_keeps_what_an_import_knows(place: Place, desk: Client) -> None:
    batch = uuid7()
    said = place.submission(supplies(), batch=batch, moves_stock=False, people=None, precision="m", is_each=False)
    ingest([said], sender=place.sender)
    corrected = correction(desk, Encounter.objects.get(), **{f"items.{SYRINGE}": "900"})
    assert (corrected.batch, corrected.moves_stock, corrected.precision) == (batch, False, "m")
    assert corrected.people is None
    assert corrected.day.day == 1
    assert place.levels() == {}
    assert undo([corrected.pk], sender=place.sender) == 1


def test_another_programs_contact_is_nowhere(place: Place, desk: Client) -> None:
    contact = saved(send(desk, {f"items.{SYRINGE}": "10"}))
    elsewhere = make_program("Elsewhere")
    stranger = signed_in(Client(), make_member(elsewhere, "administrator"))
    for name in ("contact", "correct"):
        assert stranger.get(reverse(f"desk:{name}", args=[contact.pk])).status_code == 404
    for name in ("undo", "bring_back"):
        assert stranger.post(reverse(f"desk:{name}", args=[contact.pk])).status_code == 404
    with scope(program=elsewhere):
        assert list_on(stranger) == []
    assert place.levels() == {SYRINGE: -10}


def test_what_needs_a_person_is_settled_once(place: Place) -> None:
    ingest([place.submission(supplies(), people=0)], sender=place.sender)
    coordinator = signed_in(Client(), make_member(place.program, "coordinator"))
    attempt = Attempt.objects.get()
    assert "at least one person" in coordinator.get(reverse("desk:attempts")).content.decode()
    for _twice in range(2):
        assert coordinator.post(reverse("desk:settle_attempt", args=[attempt.pk])).status_code == 302
    assert AuditEvent.objects.filter(action="attempts.settled").count() == 1
    assert "Nothing waits here" in read(coordinator.get(reverse("desk:attempts")).content).text


def test_a_worker_does_not_review_attempts(desk: Client) -> None:
    assert desk.get(reverse("desk:attempts")).status_code == 403
