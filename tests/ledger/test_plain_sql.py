"""Statements that come again and again are planned once by PostgreSQL, and some are sent at once."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from alongside.kernel.clock import now
from alongside.sites.models import AuditEvent
from alongside.sites.plain_sql import MOST_VALUES_KEPT, at_once, insert_all, places, select, unsaved
from tests.places import Place


@pytest.fixture
def kept(place: Place) -> set[str]:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's driver keeps every statement by itself.")
    return _kept()


def _kept() -> set[str]:
    return {text for (text,) in select("SELECT statement FROM pg_prepared_statements", [])}


def test_a_question_is_kept_by_its_connection(place: Place, kept: set[str]) -> None:
    for _ in range(3):
        assert select("SELECT id FROM sites_program WHERE id = %s AND slug <> %s", [place.program.pk, "kept"])
    (new,) = {text for text in _kept() - kept if "slug <>" in text}
    assert "slug <> $2" in new


def test_a_long_list_is_not(place: Place, kept: set[str]) -> None:
    ids = [place.program.pk] * (MOST_VALUES_KEPT + 1)
    assert select(f"SELECT id FROM sites_program WHERE id IN ({places(len(ids))})", ids) == [(place.program.pk,)]
    assert not any(f"${len(ids)}" in text for text in _kept())


def test_it_still_answers_after_a_transaction_that_failed(place: Place, kept: set[str]) -> None:
    def ask() -> list[tuple[int]]:
        return select("SELECT id FROM sites_program WHERE id = %s", [place.program.pk])

    assert ask() == [(place.program.pk,)]
    with pytest.raises(DatabaseError), transaction.atomic():
        select("SELECT 1 / %s::int", [0])
    assert ask() == [(place.program.pk,)]


def test_the_first_fault_of_what_is_sent_at_once_is_said(place: Place) -> None:
    def line(action: str, **values: object) -> AuditEvent:
        return unsaved(AuditEvent, program_id=place.program.pk, **{"at": now(), "action": action} | values)

    def send(*lines: AuditEvent) -> None:
        with transaction.atomic(), at_once():
            for each in lines:
                insert_all([each])

    with pytest.raises(IntegrityError, match=r"(?i)null"):
        send(line("good"), line("bad", at=None), line("never seen"))
    assert not AuditEvent.objects.filter(action__in=["good", "bad", "never seen"]).exists()
    send(line("good"), line("good too"))
    assert AuditEvent.objects.filter(action__startswith="good").count() == 2
