"""Every table belongs to one program, or has a reason not to; asking outside a program's scope raises."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import Field, Model
from django_scopes import ScopeError, scope

from alongside.sites.models import Scoped, Site
from tests.access.filled import Filled, links_between_scoped, rows_that_cross_programs, scoped_models

NOT_A_PROGRAMS_OWN = {
    "accounts.User": "somebody may work at several programs; pages reach users through memberships",
    "sites.Program": "is the program",
    "sites.Shift_workers": "joins a shift, which is scoped, to users",
    "account.EmailAddress": "allauth's; stays empty, its pages have no address",
    "account.EmailConfirmation": "allauth's; stays empty, its pages have no address",
    "mfa.Authenticator": "a user's second step, wherever they work",
    "auth.Permission": "Django's; unused, roles are in accounts.roles",
    "auth.Group": "Django's; unused",
    "auth.Group_permissions": "Django's; unused",
    "contenttypes.ContentType": "Django's list of tables",
    "sessions.Session": "Django's; unused, ours names its person",
    "sites.Session": "a browser's, before anybody says who they are",
    "jobs.Job": "the server's own work; names ids, holds nothing a program recorded",
    "jobs.Pulse": "the server's own pulse",
    "alarms.Beat": "the alarm's own pulse",
    "alarms.Finding": "what the alarm's auditor found wrong with the alarm itself",
    "checkins.PlanKey": "public halves of keys, made before anybody starts; names nobody",
    "jobs.Mark": "what the server notes about itself",
}


def everything() -> list[type[Model]]:
    return list(apps.get_models(include_auto_created=True))


@pytest.mark.once
@pytest.mark.parametrize("model", everything(), ids=lambda model: model._meta.label)
def test_a_table_belongs_to_a_program_or_says_why_not(model: type[Model]) -> None:
    if model._meta.label in NOT_A_PROGRAMS_OWN:
        assert not issubclass(model, Scoped), "It is scoped now: take it off the list."
        return
    assert issubclass(model, Scoped), f"{model._meta.label} has no program, and no reason here."
    assert not model._meta.get_field("program").null


@pytest.mark.once
def test_the_list_of_exceptions_names_only_what_exists() -> None:
    assert NOT_A_PROGRAMS_OWN.keys() <= {model._meta.label for model in everything()}


@pytest.mark.django_db
@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)
def test_a_question_outside_a_program_raises(model: type[Scoped]) -> None:
    asks: list[Callable[[], object]] = [
        model.objects.all,
        model.objects.count,
        model.objects.exists,
        model.objects.first,
        model.objects.values,
        lambda: model.objects.filter(pk=1),
        lambda: model.objects.get(pk=1),
        model.objects.in_bulk,
        lambda: list(model.objects.exclude(pk=1)),
        lambda: model.objects.exclude(pk=1).exists(),
        lambda: model.objects.select_related("program").exists(),
        lambda: list(model.objects.distinct()),
        lambda: model.objects.update(program=1),
        lambda: model.objects.exclude(pk=1).delete(),
    ]
    for ask in asks:
        with pytest.raises(ScopeError):
            ask()


@pytest.mark.django_db
def test_inside_a_program_only_its_own_rows_are_seen(here: Filled, elsewhere: Filled) -> None:
    with scope(program=here.program):
        for model in scoped_models():
            assert not model.objects.exclude(program=here.program).exists(), model
        assert Site.objects.count() == 3


@pytest.mark.django_db
def test_nothing_that_is_recorded_points_into_another_program(here: Filled, elsewhere: Filled) -> None:
    assert rows_that_cross_programs() == []


@pytest.mark.django_db
def test_the_search_for_crossing_rows_finds_one(here: Filled, elsewhere: Filled) -> None:
    """Otherwise the searches above would say nothing."""
    from alongside.encounters.models import Encounter
    from alongside.participants.models import Participant

    stranger = elsewhere.one(Participant)
    mine = here.one(Encounter)
    Encounter._base_manager.filter(pk=mine.pk).update(participant=stranger)
    (found,) = rows_that_cross_programs()
    link, _, key = found.partition(" of row ")
    assert (link, UUID(key)) == ("Encounter.participant", mine.pk)


@pytest.mark.once
def test_links_are_found() -> None:
    found: set[tuple[str, str]] = {(model.__name__, field.name) for model, field in links_between_scoped()}
    assert ("Encounter", "site") in found
    assert ("Code", "participant") in found
    assert all(isinstance(field, Field) for _model, field in links_between_scoped())
