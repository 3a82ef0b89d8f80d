"""The same plain SQL on the connection that a page, a form or a test already has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from alongside.jobs.store import Row, Store, insert_statement


class DjangoStore(Store):
    """Takes part in the caller's transaction."""

    @property
    def vendor(self) -> str:  # type: ignore[override]
        return connection.vendor

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(values))
            return list(cursor.fetchall())

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(values))
            return int(cursor.rowcount)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(insert_statement(table, columns), rows)

    def transaction(self) -> Any:
        return transaction.atomic()

    def close(self) -> None:
        """The connection is Django's to close."""
