"""Recording without JavaScript: bags, saving, what comes after."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from alongside.encounters.ingest import ingest
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.submissions import Said
from alongside.kernel import clock
from alongside.participants.actions import new_cards
from alongside.services.distribution.models import Given
from alongside.sites.models import Site
from alongside.supplies.models import Bag, Item
from alongside.supplies.setting_up import note_catalogue_changed
from tests.pages import read
from tests.places import NALOXONE, SYRINGE, Place, facts, supplies
from tests.programs import add_role, make_member, make_program, signed_in, site_of
from tests.recording.forms import form_on, kept_on, opened, post, saved, send, sentences_on

pytestmark = pytest.mark.django_db

BAG = "bag-injecting-10"
RECORD = "/record/"


def test_a_bag_fills_in_saves_nothing_and_twice_is_two_bags(place: Place, desk: Client) -> None:
    answer = send(desk, {"bag": BAG, "items.foil": "3"})
    assert answer.status_code == 200
    assert not Encounter.objects.exists()
    once = kept_on(answer)
    assert (once[f"items.{SYRINGE}"], once["items.foil"]) == (["10"], ["3"])
    twice = kept_on(post(desk, once | {"bag": BAG}))
    assert (twice[f"items.{SYRINGE}"], twice["items.foil"], twice["id"]) == (["20"], ["3"], once["id"])
    contact = saved(post(desk, twice))
    assert str(contact.pk) == once["id"][0]
    assert Given.objects.get(item__key=SYRINGE).quantity == 20


def test_every_bag_can_be_saved_as_it_is(place: Place, desk: Client) -> None:
    for bag in Bag.objects.all():
        saved(post(desk, kept_on(send(desk, {"bag": bag.key}))))
    assert Encounter.objects.count() == Bag.objects.count()
    assert set(Entry.objects.values_list("outcome", flat=True)) == {"accepted"}


def test_same_as_last_adds_the_items_and_nothing_else_that_was_said(place: Place, desk: Client) -> None:
    answers = {"naloxone.reversal_reported.doses": "2", "people": "4", "reached": "3", f"items.{SYRINGE}": "30"}
    saved(send(desk, answers))
    again = kept_on(send(desk, {"repeat": "1", "syringes.returned.count": "5"}))
    assert again[f"items.{SYRINGE}"] == ["30"]
    assert again["syringes.returned.count"] == ["5"], "what was entered stays"
    assert again["people"] == ["1"]
    assert not [name for name in again if name.startswith("naloxone.") or name == "reached"]


def test_after_saving_the_page_says_what_and_offers_to_undo_it(place: Place, desk: Client) -> None:
    answer = send(desk, {f"items.{SYRINGE}": "10", f"items.{NALOXONE}": "1"})
    contact = saved(answer)
    page = desk.get(answer["location"])
    text = read(page.content).text
    assert "Saved: 10 × Syringe 1 mL" in text
    assert "1 × Naloxone nasal 4 mg" in text
    undo = reverse("desk:undo", args=[contact.pk])
    assert [form for form in read(page.content).all("form") if form.attributes.get("action") == undo]
    assert kept_on(page).keys() == {"csrfmiddlewaretoken", "id", "site", "people"}, "the next form is blank"
    assert desk.post(undo).status_code == 302
    assert (facts(), place.levels()) == ({}, {})


def test_what_was_saved_is_shown_to_the_worker_who_saved_it_only(place: Place, desk: Client) -> None:
    answer = send(desk, {f"items.{SYRINGE}": "10"})
    colleague = signed_in(Client(), make_member(place.program))
    assert "Saved" not in read(colleague.get(answer["location"]).content).text
    stranger = signed_in(Client(), make_member(make_program("Elsewhere")))
    assert "Saved" not in read(stranger.get(answer["location"]).content).text


def test_sending_the_same_form_twice_is_one_contact(place: Place, desk: Client) -> None:
    """A double click, a reload of the answer, a phone that heard no answer."""
    form = opened(desk) | {f"items.{SYRINGE}": "10"}
    assert saved(post(desk, form)) == saved(post(desk, form))
    assert Given.objects.get().quantity == 10
    assert not Attempt.objects.exists()


def test_going_back_and_sending_something_else_keeps_both_and_says_so(place: Place, desk: Client) -> None:
    form = opened(desk) | {f"items.{SYRINGE}": "10"}
    saved(post(desk, form))
    answer = post(desk, form | {f"items.{SYRINGE}": "50"})
    assert answer.status_code == 422
    assert any("Both are kept" in sentence for sentence in sentences_on(answer))
    assert kept_on(answer)[f"items.{SYRINGE}"] == ["50"]
    assert Given.objects.get().quantity == 10
    assert Attempt.objects.get().word == "conflict"


def test_a_code_is_recognised_and_shown_nowhere_afterwards(place: Place, desk: Client) -> None:
    [code] = new_cards(1, program=place.program)
    first = saved(send(desk, {f"items.{SYRINGE}": "10", "code": code}))
    answer = send(desk, {f"items.{SYRINGE}": "20", "code": code.lower()})
    assert first.participant
    assert saved(answer).participant == first.participant
    assert code not in answer["location"]
    assert code not in desk.get(answer["location"]).content.decode()


def test_somebody_who_just_came_by_is_a_contact(place: Place, desk: Client) -> None:
    contact = saved(send(desk, {"visit": "on"}))
    assert (contact.people, contact.entries.count()) == (1, 0)


@pytest.mark.parametrize("typed", ["0", ""])
def test_a_zero_beside_an_item_is_nothing_given(place: Place, desk: Client, typed: str) -> None:
    contact = saved(send(desk, {f"items.{SYRINGE}": typed, "items.foil": "2"}))
    assert contact.entries.get().payload == {"items": {"foil": 2}}


def test_many_people_in_one_entry(place: Place, desk: Client) -> None:
    contact = saved(send(desk, {"items.kit-meth-smoking": "6", "people": "12", "each": "on", "reached": "4"}))
    assert (contact.people, contact.is_each, contact.reached) == (12, True, 4)
    assert Given.objects.get(item__key="bubble-pipe").quantity == 72
    assert place.on_hand("bubble-pipe") == -72


@pytest.mark.parametrize(
    ("day", "time", "moment"),
    [
        ("2026-03-07", "14:30", datetime(2026, 3, 7, 19, 30, tzinfo=UTC)),
        ("2026-03-07", "", datetime(2026, 3, 7, 17, 0, tzinfo=UTC)),
        ("2026-03-08", "02:30", None),
        ("", "09:15", datetime(2026, 3, 31, 13, 15, tzinfo=UTC)),
        ("2026-03-31", "", datetime(2026, 3, 31, 16, 0, tzinfo=UTC)),
        ("", "", datetime(2026, 3, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_contact_stands_on_the_day_and_time_that_were_entered(
    place: Place, desk: Client, day: str, time: str, moment: datetime | None
) -> None:
    """New York; the clock springs forward on 8 March, so 02:30 did not exist and any moment that night will do."""
    with clock.set_to(datetime(2026, 3, 31, 16, 0, tzinfo=UTC)):
        contact = saved(send(desk, {f"items.{SYRINGE}": "1", "day": day, "time": time}))
    assert contact.day.isoformat() == (day or "2026-03-31")
    assert moment in {contact.occurred_at, None}


def test_the_day_is_the_programs_own_near_midnight(place: Place, desk: Client) -> None:
    with clock.set_to(datetime(2026, 4, 1, 2, 0, tzinfo=UTC)):
        assert saved(send(desk, {f"items.{SYRINGE}": "1"})).day.isoformat() == "2026-03-31"


def test_another_site_can_be_chosen_for_one_contact(place: Place, desk: Client) -> None:
    van = site_of(place.program, "Van")
    assert saved(send(desk, {f"items.{SYRINGE}": "1", "site": str(van.pk)})).site == van


def test_an_entry_that_was_refused_is_said_and_its_siblings_are_saved(place: Place, desk: Client) -> None:
    answer = send(desk, {f"items.{SYRINGE}": "10", "syringes.returned.containers.no-such-one": "2"})
    saved(answer)
    page = desk.get(answer["location"])
    assert any("not on the program's list" in sentence for sentence in sentences_on(page))
    assert Given.objects.get().quantity == 10


def test_answers_of_a_kind_that_is_not_installed_are_held_and_not_lost(place: Place, desk: Client) -> None:
    contact = saved(send(desk, {f"items.{SYRINGE}": "10", "wound_care.seen.where": "arm"}))
    held = contact.entries.get(kind="wound_care.seen")
    assert (held.outcome, held.payload) == ("held", {"where": "arm"})


def test_answers_about_naloxone_without_a_product_ask_for_it(place: Place, desk: Client) -> None:
    answer = send(desk, {f"items.{SYRINGE}": "10", "naloxone.kit_given.first": "refill"})
    assert answer.status_code == 422
    assert any("Choose which of them was given" in sentence for sentence in sentences_on(answer))
    assert kept_on(answer)["naloxone.kit_given.first"] == ["refill"]


def test_an_item_that_went_out_of_use_while_the_form_was_open_can_still_be_saved(place: Place, desk: Client) -> None:
    form = opened(desk) | {"items.foil": "5"}
    Item.objects.filter(key="foil").update(is_active=False)
    note_catalogue_changed(place.program)
    assert "items.foil" not in opened(desk)
    saved(post(desk, form))
    assert Given.objects.get().quantity == 5


@pytest.mark.parametrize("role", ["planner", "technician"])
def test_a_role_that_does_not_record_is_told_so(place: Place, role: str) -> None:
    client = signed_in(Client(), make_member(place.program, role))
    assert client.get(RECORD).status_code == 403
    assert post(client, {"site": str(place.site.pk), f"items.{SYRINGE}": "1"}).status_code == 403
    assert not Encounter.objects.exists()


def test_a_site_of_another_program_is_refused_even_to_somebody_who_works_there_too(place: Place, desk: Client) -> None:
    elsewhere = make_program("Elsewhere")
    add_role(place.worker, elsewhere, "worker")
    answer = send(desk, {f"items.{SYRINGE}": "1", "site": str(site_of(elsewhere).pk)})
    assert answer.status_code == 422
    assert not Encounter.objects.exists()


def test_what_was_refused_and_then_entered_rightly_needs_nobody_any_more(place: Place, desk: Client) -> None:
    form = opened(desk) | {f"items.{SYRINGE}": "10"}
    assert post(desk, form | {"site": "999999"}).status_code == 422
    coordinator = signed_in(Client(), make_member(place.program, "coordinator"))
    assert "999999" in coordinator.get(reverse("desk:attempts")).content.decode()
    saved(post(desk, form))
    assert "999999" not in coordinator.get(reverse("desk:attempts")).content.decode()
    assert Attempt.objects.count() == 1


def test_the_first_button_of_the_form_saves(desk: Client) -> None:
    """Enter in a number field presses the first button: it must not add a bag."""
    button = form_on(desk.get(RECORD)).all("button")[0]
    assert "name" not in button.attributes
    assert button.text == "Save"


def test_a_program_without_a_site_is_asked_for_one(place: Place, desk: Client) -> None:
    Site.objects.update(is_active=False)
    answer = send(desk, {f"items.{SYRINGE}": "1", "site": ""})
    assert answer.status_code == 422
    assert sentences_on(answer) == ["Choose the site."]


def test_same_as_last_is_offered_for_something_given_here_today(place: Place, desk: Client) -> None:
    def is_offered() -> bool:
        return "Same as last" in desk.get(RECORD).content.decode()

    yesterday = datetime(2026, 3, 30, 16, 0, tzinfo=UTC)
    ingest([place.submission(supplies(), occurred_at=yesterday)], sender=place.sender)
    assert not is_offered()
    ingest([place.submission(Said("syringes.returned", 1, {"count": 3}))], sender=place.sender)
    assert not is_offered(), "nothing was given"
    ingest([place.submission(supplies())], sender=place.sender)
    assert is_offered()
