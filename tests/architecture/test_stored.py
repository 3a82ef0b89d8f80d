"""Every field that is stored says whom it could point to, or nobody would look for it when the letter comes."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import AutoField, Model

from alongside.config.stored import STORED
from alongside.encounters.questions import all_questions
from alongside.kernel.exposure import Rule

pytestmark = pytest.mark.once


def tables() -> list[type[Model]]:
    return list(apps.get_models(include_auto_created=True))


def fields_of(model: type[Model]) -> set[str]:
    """All but counted keys and the program that a row belongs to."""
    concrete = model._meta.concrete_fields
    return {field.name for field in concrete if not isinstance(field, AutoField) and field.name != "program"}


@pytest.mark.parametrize("model", tables(), ids=lambda model: model._meta.label)
def test_every_field_is_declared_in_one_place(model: type[Model]) -> None:
    declared = STORED[model._meta.label].fields
    assert sorted(declared) == sorted(fields_of(model)), "Say in config/stored.py what each field says of somebody."


def test_nothing_is_declared_that_does_not_exist() -> None:
    assert {model._meta.label for model in tables()} == set(STORED)


def test_what_could_point_to_people_has_a_name_and_an_end() -> None:
    about_people = {label: each for label, each in STORED.items() if each.people}
    assert [label for label, each in about_people.items() if not each.title] == []
    without_end = [label for label, each in about_people.items() if not each.rule and not each.kept]
    assert without_end == []
    assert {each.rule for each in STORED.values()} - {None} == set(Rule)


def test_a_rule_for_details_has_something_to_shred() -> None:
    assert any(each.question.could_identify for each in all_questions().values() if each.kind)
