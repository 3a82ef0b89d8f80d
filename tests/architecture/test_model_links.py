"""Relations between models keep to the layers too. The import linter can't see a foreign key written as a string."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.layers import heights

OURS = "alongside."


def test_no_relation_points_upwards_or_sideways() -> None:
    found = [fault for source, target in relations() if (fault := fault_of(source, target))]
    assert found == []


def test_relations_are_found() -> None:
    """The walk sees string foreign keys: `Encounter` points to `Program` in another app."""
    seen = {(source._meta.label, target._meta.label) for source, target in relations()}
    assert ("encounters.Encounter", "sites.Program") in seen


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("alongside.encounters", "alongside.services.naloxone"),
        ("alongside.services.naloxone", "alongside.services.syringes"),
        ("alongside.supplies", "alongside.participants"),
        ("alongside.sites", "alongside.encounters"),
    ],
)
def test_forbidden_relations_are_named(source: str, target: str) -> None:
    assert complaint(source, target) is not None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("alongside.services.naloxone", "alongside.encounters"),
        ("alongside.services.naloxone", "alongside.services.naloxone"),
        ("alongside.encounters", "alongside.sites"),
    ],
)
def test_allowed_relations_pass(source: str, target: str) -> None:
    assert complaint(source, target) is None


def relations() -> Iterator[tuple[type[models.Model], type[models.Model]]]:
    """Every pair of our models that a forward relation joins, hidden many-to-many tables included."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_hidden=True):
            target = field.related_model
            if field.is_relation and not field.auto_created and is_ours(model) and is_ours(target):
                yield model, target


def is_ours(model: object) -> bool:
    return isinstance(model, type) and model.__module__.startswith(OURS)


def fault_of(source: type[models.Model], target: type[models.Model]) -> str | None:
    said = complaint(app_of(source), app_of(target))
    return f"{source._meta.label} → {target._meta.label}: {said}" if said else None


def app_of(model: type[models.Model]) -> str:
    return apps.get_app_config(model._meta.app_label).name


def complaint(source: str, target: str) -> str | None:
    """Why a relation from an app to another is wrong, or None."""
    if source == target:
        return None
    above, below = layer_of(source), layer_of(target)
    if above == below == "services":
        return "a service points to another service"
    if heights()[above] <= heights()[below]:
        return f"{above} does not stand above {below}"
    return None


def layer_of(app: str) -> str:
    return app.removeprefix(OURS).partition(".")[0]
