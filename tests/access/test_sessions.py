"""A session names its person: one question answers who asks and where they work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as SessionOfDjango
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.jobs.specs import Work
from alongside.kernel import clock
from alongside.sites.models import Membership, Session
from alongside.sites.signed_in import SessionStore, StaffBackend, forget_sessions
from tests.programs import add_role, make_member, make_program, signed_in

pytestmark = pytest.mark.django_db

Asking = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def worker() -> User:
    return make_member(make_program())


@pytest.fixture
def there(client: Client, worker: User) -> Client:
    return signed_in(client, worker)


def opened(client: Client) -> SessionStore:
    session = SessionStore(client.session.session_key)
    session.load()
    return session


def may_record(client: Client) -> bool:
    return client.get(reverse("desk:record")).status_code == 200


def test_one_question_answers_who_asks_and_where_they_work(
    there: Client, worker: User, django_assert_num_queries: Asking
) -> None:
    second = make_program("Second")
    add_role(worker, second, Role.COORDINATOR)
    add_role(worker, second, Role.TECHNICIAN)
    ended = make_program("Left long ago")
    add_role(worker, ended, Role.WORKER)
    Membership._base_manager.filter(program=ended).update(ended_at=clock.now())
    asked = SessionStore(there.session.session_key)
    with django_assert_num_queries(1):
        asked.load()
    assert asked.person == worker
    assert [(program.name, role) for program, role in asked.workplaces] == [
        ("Harbor Exchange", "worker"),
        ("Second", "coordinator"),
        ("Second", "technician"),
    ]


def test_somebody_who_works_nowhere_is_known_and_may_do_nothing(there: Client, worker: User) -> None:
    Membership._base_manager.filter(user=worker).update(ended_at=clock.now())
    assert opened(there).person == worker
    assert opened(there).workplaces == []
    assert not may_record(there)


def test_a_session_that_ran_out_is_nobodys_and_is_forgotten(there: Client, worker: User) -> None:
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    assert opened(there).person is None
    assert not may_record(there)
    signed_in(Client(), worker)
    forget_sessions(Work(job_id=uuid4(), payload={}, attempt=1, report_progress=lambda *_: None))
    assert Session.objects.count() == 1


def test_a_browser_that_is_handed_over_names_the_next_person(there: Client, worker: User) -> None:
    other = make_member(opened(there).workplaces[0][0])
    signed_in(there, other)
    assert opened(there).person == other
    there.post(reverse("account_logout"))
    assert not Session.objects.filter(user__isnull=False).exists()


def test_a_session_whose_row_names_somebody_else_opens_nothing(there: Client, worker: User) -> None:
    other = make_member(opened(there).workplaces[0][0], Role.ADMINISTRATOR)
    assert may_record(there)
    Session.objects.update(user=other)
    assert opened(there).person == other
    assert not may_record(there)


def test_the_person_of_one_session_answers_for_no_other(there: Client, worker: User) -> None:
    other = make_member(opened(there).workplaces[0][0])
    assert may_record(there)
    assert StaffBackend().get_user(other.pk) == other
    assert StaffBackend().get_user(worker.pk) == worker


def test_whoever_was_signed_in_before_the_update_still_is(there: Client, worker: User) -> None:
    for each in Session.objects.all():
        SessionOfDjango.objects.create(
            session_key=each.session_key, session_data=each.session_data, expire_date=each.expire_date
        )
    gone = SessionStore()
    gone["_auth_user_id"] = "987654"
    SessionOfDjango.objects.create(
        session_key="b" * 32, session_data=gone.encode(dict(gone.items())), expire_date=clock.now() + timedelta(days=1)
    )
    Session.objects.all().delete()
    import_module("alongside.sites.migrations.0006_sessions_name_their_person").move_sessions(apps, None)
    assert set(Session.objects.values_list("user_id", flat=True)) == {worker.pk, None}
    assert not SessionOfDjango.objects.exists()
    assert may_record(there)
