"""A program with a survey that takes answers today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.kernel.clock import today
from alongside.services.surveys.actions import keep, open_survey
from alongside.services.surveys.models import Sheet, Survey
from alongside.services.surveys.queries import SHIPPED, questions_of, read_questionnaire
from alongside.services.surveys.rules.answering import answers_up_to
from alongside.services.surveys.rules.questionnaires import Questionnaire
from alongside.sites.models import Program, Site
from tests.pages import read, said_by
from tests.programs import make_member, make_program, site_of

INJECTS = {"q.injected": "yes"}
FULL = {"q.injections": "28", "q.acquired": "30", "q.given_away": "2"}


@dataclass
class Fieldwork:
    """A survey, where it is answered, and who coordinates it."""

    program: Program
    survey: Survey
    site: Site
    boss: User

    def address(self, name: str = "phone") -> str:
        return reverse(f"survey:{name}", args=[self.survey.token, self.site.pk])

    def answer(self, client: Client, *pages: dict[str, Any], door: str = "phone") -> HttpResponse:
        """Fill page after page as a browser without JavaScript does; what is said beyond them stays empty."""
        response = client.get(self.address(door))
        for said in (*pages, *[{}] * 9):
            if response.status_code != 200:
                break
            response = client.post(self.address(door), form_of(response) | said)
        return response

    def keep(self, **said: str) -> None:
        """A sheet on which this is said, and all else left empty."""
        day, questionnaire = today(self.program.timezone), questions_of(self.survey)
        form = {f"q.{name}": [value] for name, value in said.items()}
        answers, _errors = answers_up_to(questionnaire, len(questionnaire.sections), lambda name: form.get(name, []))
        keep(answers, survey=self.survey, site=self.site, door=Sheet.Door.PHONE, key=uuid4(), day=day)

    def sheets(self) -> list[dict[str, Any]]:
        return [sheet.answers for sheet in self.survey.sheets.all()]


def form_of(response: Any) -> dict[str, Any]:
    """What a page sends when nothing more is chosen on it."""
    return {name: values for name, values in said_by(read(response.content)).items() if name and any(values)}


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    return read_questionnaire(SHIPPED / "point-in-time.toml")


@pytest.fixture
def fieldwork(db: None, questionnaire: Questionnaire) -> Iterator[Fieldwork]:
    program = make_program()
    boss = make_member(program, Role.COORDINATOR)
    with scope(program=program):
        first = today(program.timezone) - timedelta(days=2)
        survey = open_survey(
            questionnaire, starts_on=first, ends_on=first + timedelta(days=13), program=program, by_id=boss.pk
        )
        yield Fieldwork(program=program, survey=survey, site=site_of(program), boss=boss)
