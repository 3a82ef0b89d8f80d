"""Answering: on a phone, on a tablet, without JavaScript, in two languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from alongside.kernel import clock
from alongside.services.surveys.actions import close_survey
from alongside.services.surveys.models import Sheet, Survey
from tests.pages import read
from tests.surveys.conftest import FULL, INJECTS, Fieldwork, form_of


def test_a_phone_answers_page_by_page(fieldwork: Fieldwork, client: Client) -> None:
    response = fieldwork.answer(client, INJECTS, FULL, {"q.reversals": "3"}, {}, {"q.age": "25-34"})
    assert response["Location"].startswith(fieldwork.address("phone_thanks"))
    sheet = Sheet.objects.get()
    assert (sheet.site, sheet.door) == (fieldwork.site, "phone")
    assert sheet.answers["injected"] == ["yes"]
    assert (sheet.answers["injections"], sheet.answers["reversals"]) == (28, 3)
    assert (sheet.answers["age"], sheet.answers["gender"]) == (["25-34"], "blank")
    assert "Gracias" in client.get(response["Location"].replace("=en", "=es")).content.decode()


def test_everything_can_be_skipped(fieldwork: Fieldwork, client: Client) -> None:
    assert fieldwork.answer(client).status_code == 302
    assert set(Sheet.objects.get().answers.values()) == {"blank"}


def test_back_keeps_what_was_said_and_a_changed_mind_counts(fieldwork: Fieldwork, client: Client) -> None:
    first = client.post(fieldwork.address(), form_of(client.get(fieldwork.address())) | INJECTS)
    second = client.post(fieldwork.address(), form_of(first) | FULL | {"go": "back"})
    page = read(second.content)
    chosen = [node.attributes["value"] for node in page.all("input") if "checked" in node.attributes]
    assert chosen == ["yes"]
    response = client.post(fieldwork.address(), form_of(second) | {"q.injected": "no"})
    while response.status_code == 200:
        response = client.post(fieldwork.address(), form_of(response))
    assert Sheet.objects.get().answers["injected"] == ["no"]
    assert "injections" not in Sheet.objects.get().answers


def test_a_number_that_is_none_is_said_and_the_rest_stays(fieldwork: Fieldwork, client: Client) -> None:
    first = client.post(fieldwork.address(), form_of(client.get(fieldwork.address())) | INJECTS)
    answer = client.post(fieldwork.address(), form_of(first) | FULL | {"q.injections": "lots"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Write a whole number" in text
    assert 'value="lots"' in text
    assert 'value="30"' in text
    assert Sheet.objects.count() == 0


def test_sent_twice_counts_once(fieldwork: Fieldwork, client: Client) -> None:
    page = client.get(fieldwork.address())
    for _time in range(2):
        response = page
        while response.status_code == 200:
            response = client.post(fieldwork.address(), form_of(response))
        assert response["Location"].startswith(fieldwork.address("phone_thanks"))
    assert Sheet.objects.count() == 1


def test_the_other_language_by_a_link_and_to_the_end(fieldwork: Fieldwork, client: Client) -> None:
    page = client.get(f"{fieldwork.address()}?language=es")
    assert 'lang="es"' in page.content.decode()
    following = client.post(fieldwork.address(), form_of(page) | {"q.injected": "no"}).content.decode()
    assert "Sobredosis" in following
    assert "Siguiente" in following


def test_a_tablet_starts_afresh_by_itself(fieldwork: Fieldwork, client: Client) -> None:
    response = fieldwork.answer(client, INJECTS, door="kiosk")
    thanks = client.get(response["Location"])
    assert thanks["Refresh"].endswith(fieldwork.address("kiosk"))
    assert Sheet.objects.get().door == "kiosk"
    assert "no-store" in thanks["Cache-Control"]


def test_a_tablet_shows_nobody_what_was_left_there(fieldwork: Fieldwork, client: Client) -> None:
    """A page that waited, sent again by the way back, starts afresh; on one's own phone it goes on."""
    for door, minutes, goes_on in (("kiosk", 5, True), ("kiosk", 11, False), ("phone", 600, True)):
        form = form_of(client.get(fieldwork.address(door))) | INJECTS
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.core.signing.time.time", lambda at=minutes: clock.now().timestamp() + at * 60)
            response = client.post(fieldwork.address(door), form)
        assert (response.status_code == 200) is goes_on, (door, minutes)


def test_a_page_that_somebody_made_up_is_not_kept(fieldwork: Fieldwork, client: Client) -> None:
    form = form_of(client.get(fieldwork.address()))
    for wrong in ({"key": "x"}, {"key": "0197-made-up:1:2"}, {"key": ""}):
        assert client.post(fieldwork.address(), form | wrong)["Location"].startswith(fieldwork.address())
    for page in ("-1", "99", "x" * 50):
        assert client.post(fieldwork.address(), form | {"page": page}).status_code in {200, 302}
    assert client.get(fieldwork.address().replace(fieldwork.survey.token, "nobody-knows")).status_code == 404


def test_outside_its_days_it_says_which_they_are(fieldwork: Fieldwork, client: Client) -> None:
    form = form_of(client.get(fieldwork.address()))
    for days in (-30, 30):
        with clock.set_to(clock.now() + timedelta(days=days)):
            assert client.get(fieldwork.address()).status_code == 410
            assert "takes answers from" in client.post(fieldwork.address(), form).content.decode()
    close_survey(fieldwork.survey, by_id=fieldwork.boss.pk)
    assert client.post(fieldwork.address(), form).status_code == 410
    assert Survey.objects.get().closed_on is not None


def test_it_asks_the_database_little(
    fieldwork: Fieldwork, client: Client, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        client.get(fieldwork.address())
