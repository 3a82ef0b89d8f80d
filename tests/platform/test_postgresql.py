"""Connections to PostgreSQL are kept, and one that the server ended is noticed before a request uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import close_old_connections, connection

from alongside.sites.plain_sql import select
from tests.plugins.place import url_of

pytestmark = pytest.mark.django_db(transaction=True)
OF_THE_PROGRAM = "SELECT query FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def beside() -> Iterator[psycopg.Connection[Any]]:
    """A connection of somebody else's to the same server."""
    if connection.vendor != "postgresql":
        pytest.skip("The embedded database is no server that could end a connection.")
    with psycopg.connect(url_of(str(connection.settings_dict["NAME"])), autocommit=True) as other:
        yield other


def _pid() -> int:
    return int(select("SELECT pg_backend_pid()", [])[0][0])


def test_the_next_request_has_the_same_connection_and_asks_nothing(beside: psycopg.Connection[Any]) -> None:
    pid = _pid()
    select("SELECT 'the last question'", [])
    close_old_connections()  # as before and after each request
    connection.close_if_health_check_failed()
    assert beside.execute(OF_THE_PROGRAM, [pid]).fetchone() == ("SELECT 'the last question'",)
    assert _pid() == pid


def test_one_that_the_server_ended_is_replaced(beside: psycopg.Connection[Any]) -> None:
    pid = _pid()
    beside.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    close_old_connections()
    assert _pid() != pid


def test_one_that_only_has_news_is_kept(beside: psycopg.Connection[Any]) -> None:
    pid = _pid()
    with connection.cursor() as cursor:
        cursor.execute("LISTEN news")
    beside.execute("NOTIFY news")
    close_old_connections()
    assert _pid() == pid
