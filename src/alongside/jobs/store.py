"""Plain SQL on either database, for processes that have to stay small and quick: they never load Django.

Statements are written once, with `%s` for a value. What differs between the databases is only in here.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from alongside.jobs import database_clock

Row = tuple[Any, ...]


class StoreAway(Exception):
    """The database can't be reached, or would not take it: try again in a moment."""


class Store(ABC):
    """One connection. Not to be shared between threads."""

    vendor: str

    @property
    def now_sql(self) -> str:
        """The database's now, to be put into a statement."""
        return database_clock.expression(self.vendor)

    @property
    def alone_sql(self) -> str:
        """Ends a SELECT of rows to take: rows that somebody else is taking are passed over."""
        return " FOR UPDATE SKIP LOCKED" if self.vendor == "postgresql" else ""

    def now_ms(self) -> int:
        return int(self.rows(f"SELECT {self.now_sql}")[0][0])

    def id(self, value: UUID) -> Any:
        """A UUID as this database's columns hold it."""
        return value if self.vendor == "postgresql" else value.hex

    def ids(self, values: Sequence[UUID]) -> list[Any]:
        return [self.id(value) for value in values]

    @abstractmethod
    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]: ...

    @abstractmethod
    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """How many rows it changed."""

    @abstractmethod
    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Rows whose key is there already are left as they are."""

    @abstractmethod
    def transaction(self) -> Any:
        """A context: all of it or nothing. On SQLite it has the right to write from its beginning."""

    @abstractmethod
    def close(self) -> None: ...


def insert_statement(table: str, columns: Sequence[str], count: int = 1) -> str:
    one = f"({', '.join(['%s'] * len(columns))})"
    rows = ", ".join([one] * count)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows} ON CONFLICT DO NOTHING"


def places(count: int) -> str:
    """Placeholders for an IN (…) list."""
    return ", ".join(["%s"] * count)


def uuid_of(value: Any) -> UUID:
    """What a column holds, as a UUID."""
    return value if isinstance(value, UUID) else UUID(value)


class SqliteStore(Store):
    """An encrypted file that other processes write to as well.

    A writer asks again every other millisecond instead of SQLite's own waits, which grow to a tenth of a second: an
    alarm goes before a form.
    """

    vendor = "sqlite"
    wait_seconds = 20.0
    _between_seconds = 0.002
    _settings = (
        "journal_mode = WAL",
        "synchronous = FULL",
        "temp_store = MEMORY",
        "cache_size = -16000",
        "wal_autocheckpoint = 4000",  # a batch of many alarms writes a thousand pages: not to be moved after each
    )

    def __init__(self, file: str, *, key: str) -> None:
        from sqlcipher3 import dbapi2

        self._driver = dbapi2
        try:
            self._connection = dbapi2.connect(file, timeout=0, isolation_level=None, cached_statements=256)
            self._connection.execute(f"PRAGMA key = \"x'{bytes.fromhex(key).hex()}'\"")
            # A foreign key that is never violated costs a look-up for every row; FULL keeps every commit.
            for setting in self._settings:
                self._patiently(f"PRAGMA {setting}", ())
        except dbapi2.Error as error:
            raise StoreAway(str(error)) from error

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        return list(self._run(statement, values).fetchall())

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        return int(self._run(statement, values).rowcount)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        try:
            self._connection.executemany(insert_statement(table, columns).replace("%s", "?"), rows)
        except self._driver.Error as error:
            raise StoreAway(str(error)) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._run("BEGIN IMMEDIATE", ())
        try:
            yield
            self._run("COMMIT", ())
        except BaseException:
            with suppress(self._driver.Error):
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._connection.close()

    def _run(self, statement: str, values: Sequence[Any]) -> Any:
        try:
            return self._patiently(statement.replace("%s", "?"), values)
        except self._driver.Error as error:
            raise StoreAway(str(error)) from error

    def _patiently(self, statement: str, values: Sequence[Any]) -> Any:
        give_up = time.monotonic() + self.wait_seconds
        while True:
            try:
                return self._connection.execute(statement, values)
            except self._driver.OperationalError as error:
                is_busy = "locked" in str(error) or "busy" in str(error)
                if not is_busy or time.monotonic() > give_up:
                    raise
            time.sleep(self._between_seconds)


class PostgresStore(Store):
    """A connection of its own to a server."""

    vendor = "postgresql"

    def __init__(self, parameters: dict[str, Any]) -> None:
        import psycopg

        self._driver = psycopg
        try:
            self._connection = psycopg.connect(**parameters, autocommit=True, application_name="alongside-alarms")
        except psycopg.Error as error:
            raise StoreAway(str(error)) from error

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        return list(self._run(statement, values).fetchall())

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        return int(self._run(statement, values).rowcount)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        try:
            with self._connection.cursor() as cursor:
                cursor.executemany(insert_statement(table, columns), rows)
        except self._driver.Error as error:
            raise StoreAway(str(error)) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            with self._connection.transaction():
                yield
        except self._driver.Error as error:
            raise StoreAway(str(error)) from error

    def close(self) -> None:
        self._connection.close()

    def _run(self, statement: str, values: Sequence[Any]) -> Any:
        try:
            return self._connection.execute(statement, values or None)
        except self._driver.Error as error:
            raise StoreAway(str(error)) from error
