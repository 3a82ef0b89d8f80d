"""Nothing that is stored can tell whose answers these are: not a column, not a time, not the order of rows."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from alongside.kernel.clock import today
from alongside.services.surveys.models import Sheet, Survey
from alongside.sites.models import AuditEvent, Program, Site
from tests.surveys.conftest import FULL, INJECTS, Fieldwork

COLUMNS = {"id", "program_id", "survey_id", "site_id", "week", "door", "key", "answers"}
LINKED = {Program, Survey, Site}
COARSE = (models.DateField,)


@pytest.mark.once
def test_no_field_leads_to_a_person_a_contact_a_phone_or_a_worker() -> None:
    links = {field.related_model for field in Sheet._meta.get_fields() if field.is_relation}
    assert links == LINKED
    pointing = [
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model is Sheet and model is not Survey
    ]
    assert pointing == []


@pytest.mark.once
def test_nothing_says_when_but_a_week() -> None:
    times = [
        field.name
        for model in (Sheet, Survey)
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField | models.TimeField | models.DurationField)
    ]
    assert times == []
    assert [field.name for field in Sheet._meta.concrete_fields if isinstance(field, COARSE)] == ["week"]


@pytest.mark.django_db
def test_the_table_has_no_column_beside_these() -> None:
    with connection.cursor() as cursor:
        columns = {
            column.name for column in connection.introspection.get_table_description(cursor, Sheet._meta.db_table)
        }
    assert columns == COLUMNS


def test_an_answer_leaves_one_row_and_no_other_trace(fieldwork: Fieldwork, client: Client) -> None:
    before = {model: model._base_manager.count() for model in apps.get_models() if model is not Sheet}
    audit = AuditEvent.objects.count()
    response = fieldwork.answer(client, INJECTS, FULL)
    assert response.status_code == 302
    sheet = Sheet.objects.get()
    assert sheet.week.weekday() == 0
    assert 0 <= (today(fieldwork.program.timezone) - sheet.week).days < 7
    assert {model: model._base_manager.count() for model in before} == before
    assert AuditEvent.objects.count() == audit
    assert not client.cookies, "no cookie is set"
    assert str(sheet.key) not in json.dumps(sheet.answers)
    assert sheet.key.version == 4, "drawn at random: a number with a time in it would say when"


def test_rows_stand_in_an_order_that_says_nothing(fieldwork: Fieldwork) -> None:
    """With 8 sheets, each place of the first one is as likely as any other; all stay in place once in 40,320 times."""
    places = set()
    for _round in range(12):
        Sheet.objects.all().delete()
        for number in range(8):
            fieldwork.keep(reversals=str(number))
        order = [sheet.answers["reversals"] for sheet in Sheet.objects.order_by("pk")]
        assert sorted(order) == list(range(8)), "nothing is lost or doubled"
        places.add(order.index(0))
    assert len(places) > 2
