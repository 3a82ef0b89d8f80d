"""What a coordinator and a worker do with a survey."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.kernel.clock import today
from alongside.kernel.errors import Refusal
from alongside.services.surveys.actions import close_survey, open_survey
from alongside.services.surveys.models import Sheet, Survey
from alongside.services.surveys.queries import own_folder, questionnaires
from alongside.services.surveys.rules.questionnaires import Questionnaire
from alongside.sites.models import AuditEvent
from tests.programs import make_member, signed_in
from tests.surveys.conftest import Fieldwork


@pytest.fixture
def boss(fieldwork: Fieldwork, client: Client) -> Client:
    return signed_in(client, fieldwork.boss)


def test_a_coordinator_opens_and_closes_one(fieldwork: Fieldwork, boss: Client) -> None:
    first = today(fieldwork.program.timezone) + timedelta(days=100)
    days = {"starts_on": first.isoformat(), "ends_on": (first + timedelta(days=13)).isoformat()}
    answer = boss.post(reverse("surveys:new"), {"questionnaire": "point-in-time-1", **days})
    survey = Survey.objects.order_by("pk").last()
    assert survey
    assert answer["Location"] == reverse("surveys:survey", args=[survey.pk])
    boss.post(reverse("surveys:close", args=[survey.pk]))
    survey.refresh_from_db()
    assert survey.closed_on == today(fieldwork.program.timezone)
    done = AuditEvent.objects.filter(action__startswith="surveys.", target=str(survey.pk)).order_by("pk")
    assert list(done.values_list("action", flat=True)) == ["surveys.opened", "surveys.closed"]


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [(20, 19, "before the first"), (20, 60, "31 days at most"), (-40, -20, "are over"), (5, 20, "Another survey")],
)
def test_days_that_can_not_be(fieldwork: Fieldwork, boss: Client, starts: int, ends: int, sentence: str) -> None:
    day = today(fieldwork.program.timezone)
    days = {name: (day + timedelta(days=each)).isoformat() for name, each in (("starts_on", starts), ("ends_on", ends))}
    answer = boss.post(reverse("surveys:new"), {"questionnaire": "point-in-time-1", **days})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Survey.objects.count() == 1


def test_a_file_of_the_program_is_offered_and_a_faulty_one_named(
    fieldwork: Fieldwork, questionnaire: Questionnaire
) -> None:
    own_folder().mkdir(parents=True, exist_ok=True)
    file = own_folder() / "ours.toml"
    file.write_text("key = 'ours'\nversion = 'one'\n", encoding="utf-8")
    try:
        good, faulty = questionnaires()
    finally:
        file.unlink()
    assert good == questionnaire
    assert "ours.toml can't be used as a survey: version" in faulty.reason  # type: ignore[union-attr]


def test_a_survey_keeps_its_questions_when_the_file_changes(fieldwork: Fieldwork, questionnaire: Questionnaire) -> None:
    assert Questionnaire.model_validate(Survey.objects.get().questions) == questionnaire


def test_a_device_becomes_the_tablet_and_knows_nobody(fieldwork: Fieldwork, boss: Client) -> None:
    names = [fieldwork.survey.pk, fieldwork.site.pk]
    answer = boss.post(reverse("surveys:begin_kiosk", args=names))
    assert answer["Location"] == fieldwork.address("kiosk")
    assert boss.get(reverse("desk:today"))["Location"].startswith("/sign-in/")
    page = boss.get(fieldwork.address("kiosk")).content.decode()
    outside = [
        link for link in page.split('href="')[1:] if not link.startswith((fieldwork.address("kiosk"), "/static/"))
    ]
    assert outside == []


def test_paper_is_entered_by_a_worker(fieldwork: Fieldwork, client: Client) -> None:
    signed_in(client, make_member(fieldwork.program, Role.WORKER))
    address = reverse("surveys:paper", args=[fieldwork.survey.pk])
    week = fieldwork.survey.starts_on - timedelta(days=fieldwork.survey.starts_on.weekday())
    said = {"key": str(uuid4()), "site": str(fieldwork.site.pk), "week": week.isoformat(), "q.age": "25-34"}
    assert "Only after “Yes” in question 1." in client.get(address).content.decode()
    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 302, "sent twice counts once"
    sheet = Sheet.objects.get()
    assert (sheet.door, sheet.week, sheet.answers["age"]) == ("paper", week, ["25-34"])
    wrong = client.post(address, said | {"key": str(uuid4()), "q.reversals": "a few"})
    assert wrong.status_code == 422
    assert 'value="a few"' in wrong.content.decode()
    close_survey(fieldwork.survey, by_id=fieldwork.boss.pk)
    client.post(address, said | {"key": str(uuid4())})
    assert Sheet.objects.count() == 1


def test_tables_and_their_file(fieldwork: Fieldwork, boss: Client) -> None:
    for number in range(24):
        acquired = "10" if number < 18 else "5"
        fieldwork.keep(injected="yes", injections="10", acquired=acquired, given_away="0", age="25-34")
    results, file = (reverse(f"surveys:{name}", args=[fieldwork.survey.pk]) for name in ("results", "file"))
    page = boss.get(results).content.decode()
    assert "75 % (55 to 88)" in page
    rows = {tuple(row[:3]): row[3:] for row in csv.reader(io.StringIO(boss.get(file).content.decode("utf-8-sig")))}
    assert rows["coverage", "", "enough"] == ["18", "75.0", "55.1", "88.0"]
    assert boss.get(f"{results}?aim=publication").status_code == 422, "not before it is closed"
    assert boss.get(f"{file}?aim=publication").status_code == 302
    close_survey(fieldwork.survey, by_id=fieldwork.boss.pk)
    published = boss.get(f"{file}?aim=publication").content.decode("utf-8-sig")
    assert "coverage,,too_few,*,,," in published
    assert boss.get(f"{results}?weighted=on").status_code == 200


def test_a_worker_sees_how_many_and_not_what(fieldwork: Fieldwork, client: Client) -> None:
    signed_in(client, make_member(fieldwork.program, Role.WORKER))
    assert client.get(reverse("surveys:survey", args=[fieldwork.survey.pk])).status_code == 200
    assert client.get(reverse("surveys:results", args=[fieldwork.survey.pk])).status_code == 403


def test_the_poster_holds_the_address_and_no_code(fieldwork: Fieldwork, boss: Client) -> None:
    page = boss.get(reverse("surveys:poster", args=[fieldwork.survey.pk, fieldwork.site.pk])).content.decode()
    assert f"http://testserver{fieldwork.address()}" in page
    assert "<svg" in page
    assert "works on this computer only" not in page
    here = reverse("surveys:poster", args=[fieldwork.survey.pk, fieldwork.site.pk])
    for host in ("localhost:8000", "localhost", "127.0.0.1:8000"):
        assert "works on this computer only" in boss.get(here, headers={"host": host}).content.decode()


def test_another_programs_survey_can_not_be_opened_twice(fieldwork: Fieldwork, questionnaire: Questionnaire) -> None:
    with pytest.raises(Refusal, match="Another survey"):
        open_survey(
            questionnaire,
            starts_on=fieldwork.survey.starts_on,
            ends_on=fieldwork.survey.ends_on,
            program=fieldwork.program,
            by_id=None,
        )
