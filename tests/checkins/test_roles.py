"""Two roles of one PostgreSQL: that of the pages keeps sealed plans without being able to read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from alongside.alarms.runner import fire_due
from alongside.config.doctor import sealed_plans
from alongside.config.roles import statements_apart, statements_together
from alongside.jobs.django_store import DjangoStore
from alongside.services.checkins.models import CheckIn, SealedPlan
from tests.checkins.covering import Covered

PAGES, ALARMS = "test_pages", "test_alarms"


@pytest.fixture
def apart(covered: Covered, database_kind: str) -> Covered:
    """In the test's transaction, which takes the roles away again."""
    if database_kind != "postgres":
        pytest.skip("The encrypted file has no roles.")
    run(f"CREATE ROLE {PAGES} NOLOGIN")
    run(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {PAGES}")
    run(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {PAGES}")
    run(f"GRANT ALL ON SCHEMA public TO {PAGES}")
    for statement in statements_apart(pages=PAGES, alarms=ALARMS):
        run(statement)
    return covered


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    run(f"SET LOCAL ROLE {role}")
    yield
    run("RESET ROLE")


def is_refused(statement: str) -> bool:
    try:
        with transaction.atomic():
            run(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def test_the_pages_role_seals_and_destroys_and_can_not_read(
    apart: Covered, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALONGSIDE_ALARMS", "elsewhere")
    with acting_as(PAGES):
        phone = apart.started(client)
        for column in ("sealed", "boxes", "*"):
            assert is_refused(f"SELECT {column} FROM checkins_sealedplan")
        assert is_refused("UPDATE checkins_sealedplan SET sealed = boxes::bytea")
        assert is_refused("ALTER TABLE checkins_sealedplan RENAME TO mine")
        assert sealed_plans().sentence.startswith("only the alarms")
        phone.press("ok")
        assert SealedPlan.objects.count() == 0


def test_the_alarms_role_opens_a_plan(apart: Covered, client: Client) -> None:
    with acting_as(PAGES):
        phone = apart.started(client)
    with acting_as(ALARMS):
        apart.alive()
        apart.pass_deadline()
        apart.pass_refusal()
        assert CheckIn.objects.get().opened_plan
        assert fire_due(DjangoStore()) == 0
    with acting_as(PAGES):
        assert "opened, because there was no answer" in phone.text()


def test_the_way_back(apart: Covered) -> None:
    for statement in statements_together(pages=PAGES, alarms=ALARMS):
        run(statement)
    with acting_as(PAGES):
        assert not is_refused("SELECT sealed FROM checkins_sealedplan")
        assert "can read them sealed" in sealed_plans().sentence
