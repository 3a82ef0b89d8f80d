"""How many syringes somebody needs: a number to fill in, and nothing kept unless they agreed."""

from __future__ import annotations

import json

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from alongside.encounters.agreeing import without_what_nobody_agreed_to
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.services.syringes.models import NeedTold
from alongside.services.syringes.rules import HOW_OFTEN, LASTS_DAYS, suggested, suggested_for_one
from tests.browsing import look_at, sign_in
from tests.pages import said_by
from tests.places import SYRINGE, Place
from tests.recording.forms import form_on, opened, post, send

NEED = {"syringes.need_told.how_often": "daily-4", "syringes.need_told.people": "3"}
AGREED = {"syringes.need_told.agreed": "yes"}


@pytest.mark.once
@pytest.mark.parametrize("how_often", HOW_OFTEN)
def test_a_suggestion_is_generous_and_in_whole_packs(how_often: str) -> None:
    number = suggested_for_one(how_often)
    assert number % 10 == 0
    assert number >= 1.5 * HOW_OFTEN[how_often] * LASTS_DAYS / 28
    assert suggested(how_often, people=3) == 3 * number


@pytest.mark.django_db
def test_the_button_fills_in_the_number_and_stores_nothing(desk: Client) -> None:
    page = post(desk, opened(desk) | NEED | {"suggest": SYRINGE, "items.cooker": "2"})
    form = said_by(form_on(page))
    assert form[f"items.{SYRINGE}"] == ["270"], "4 a day for 14 days is 56, half as many again 84, in packs 90, for 3"
    assert form["items.cooker"] == ["2"]
    assert form["syringes.need_told.how_often"] == ["daily-4"]
    assert Encounter.objects.count() == 0


@pytest.mark.django_db
def test_a_suggestion_takes_nothing_away(desk: Client) -> None:
    page = post(desk, opened(desk) | NEED | {"suggest": SYRINGE, f"items.{SYRINGE}": "400"})
    assert said_by(form_on(page))[f"items.{SYRINGE}"] == ["400"]


@pytest.mark.django_db
@pytest.mark.parametrize("said", [{}, {"syringes.need_told.how_often": "always"}])
def test_without_how_often_it_asks_for_it(desk: Client, said: dict[str, str]) -> None:
    page = post(desk, opened(desk) | said | {"suggest": SYRINGE})
    assert "Choose how often first." in page.content.decode()
    assert post(desk, opened(desk) | {"suggest": "nothing-like-it"}).status_code == 200


@pytest.mark.django_db
def test_the_page_says_beside_each_choice_what_a_phone_fills_in(desk: Client) -> None:
    """So that the rule is written once, and works without a network."""
    form = form_on(desk.get(reverse("desk:record")))
    offered = {
        node.attributes["value"]: int(node.attributes["data-for-one"])
        for node in form.all("input")
        if "data-for-one" in node.attributes
    }
    assert offered == {key: suggested_for_one(key) for key in HOW_OFTEN}
    buttons = [node for node in form.all("button") if "data-suggest" in node.attributes]
    assert SYRINGE in {node.attributes["data-suggest"] for node in buttons}


@pytest.mark.django_db
def test_it_is_not_stored_unless_agreed(place: Place, desk: Client) -> None:
    send(desk, NEED | {f"items.{SYRINGE}": "270"})
    assert [entry.kind for entry in Entry.objects.all()] == ["distribution.supplies_given"]
    assert NeedTold.objects.count() == 0
    everything = [str(row) for model in (Encounter, Entry, Attempt) for row in model.objects.values()]
    assert "daily-4" not in " ".join(everything)
    send(desk, NEED | AGREED | {f"items.{SYRINGE}": "270"})
    assert NeedTold.objects.values_list("injections", "people").get() == (112, 3)


@pytest.mark.django_db
def test_only_an_answer_that_nobody_keeps_is_no_contact(desk: Client) -> None:
    answer = send(desk, NEED)
    assert answer.status_code == 422
    assert "Nothing is entered yet" in answer.content.decode()
    assert said_by(form_on(answer))["syringes.need_told.how_often"] == ["daily-4"], "what was entered stays"


@pytest.mark.once
def test_what_is_kept_of_a_form_leaves_it_out() -> None:
    form = QueryDict(mutable=True)
    form.update(NEED | {"people": "2"})
    assert dict(without_what_nobody_agreed_to(form).items()) == {"people": "2"}
    form.update(AGREED)
    assert json.dumps(dict(without_what_nobody_agreed_to(form).items())).count("need_told") == 3


@pytest.mark.journey
@pytest.mark.once
def test_a_tap_fills_it_in_without_asking_the_server(page: Page) -> None:
    sign_in(page, "sam")
    page.goto("/record/")
    page.get_by_text("How many do they need?").click()
    page.get_by_label("4 times a day", exact=True).check()
    page.get_by_role("spinbutton", name="For how many people").fill("3")
    page.context.set_offline(True)
    page.get_by_role("button", name="Fill in").first.click()
    expect(page.locator("[data-chosen]")).to_contain_text("270 ×")
    page.context.set_offline(False)
    look_at(page)
