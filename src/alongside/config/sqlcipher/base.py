"""Django's SQLite backend on an encrypted file: the driver is SQLCipher, and writers take turns.

Beside encryption, the driver brings its own SQLite: the one of Debian 12 can corrupt a write-ahead log.
"""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db.backends.sqlite3 import base as stock
from django.db.backends.sqlite3._functions import register as register_functions
from django.db.backends.sqlite3.features import DatabaseFeatures as StockFeatures
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2 as Database  # noqa: N812 (Django's name for it)

from alongside.config.sqlcipher.flushing import Flusher, flusher_of
from alongside.config.sqlcipher.write_lock import WriteLock, write_lock_of
from alongside.kernel.baton import baton

PAGES_KB, MORE_PAGES_KB = 16_000, 96_000
_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # keeps the file whole; `flushing` keeps every commit
    "PRAGMA foreign_keys = ON",
    "PRAGMA legacy_alter_table = OFF",
    "PRAGMA temp_store = MEMORY",  # a temporary file would not be encrypted
    f"PRAGMA cache_size = -{PAGES_KB}",
    "PRAGMA journal_size_limit = 67108864",
    # Most contacts write the same pages again: they are moved to the file once for many. Whoever moves them waits.
    "PRAGMA wal_autocheckpoint = 16000",
)
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)

Database.register_converter("bool", b"1".__eq__)
Database.register_converter("date", stock.decoder(parse_date))
Database.register_converter("time", stock.decoder(parse_time))
Database.register_converter("datetime", stock.decoder(parse_datetime))
Database.register_converter("timestamp", stock.decoder(parse_datetime))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(datetime.date, stock.adapt_date)
Database.register_adapter(datetime.datetime, stock.adapt_datetime)


class Connection(Database.Connection):
    """A connection that waits for its turn to write, and gives it back however its transaction ends.

    A phone forgets a contact once it is accepted, so a write returns only when it would survive a power cut.
    """

    write_lock: WriteLock
    flusher: Flusher
    timeout_seconds: float

    def take_turn(self) -> None:
        if not self.write_lock.acquire(self, timeout_seconds=self.timeout_seconds):
            raise Database.OperationalError(
                f"The database is busy: something else has been writing for {self.timeout_seconds:g} seconds."
            )

    def give_turn_back(self) -> None:
        self.write_lock.release(self)

    def commit(self) -> None:
        has_written = self.write_lock.is_held_by(self)
        try:
            super().commit()
        finally:
            self.give_turn_back()
        if has_written:
            self.flush()

    def flush(self) -> None:
        try:
            with baton.lent():
                self.flusher.flush()
        except OSError as error:
            failed = Database.OperationalError(f"The disk did not take what was written: {error.strerror}.")
            failed.sqlite_errorname = "SQLITE_IOERR_FSYNC"  # what SQLite says when it flushes by itself
            raise failed from error

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.give_turn_back()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self.give_turn_back()


class Cursor(Database.Cursor):
    """Django's placeholders, and a turn of its own for each write that stands outside a transaction."""

    connection: Connection
    convert_query = stock.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        if params is not None:
            names = list(params) if isinstance(params, Mapping) else None
            query = self.convert_query(query, param_names=names)
        arguments = (query,) if params is None else (query, params)
        return self._in_turn(query, partial(super().execute, *arguments))

    def executemany(self, query: str, param_list: Any) -> Any:
        query = self.convert_query(query)
        return self._in_turn(query, partial(super().executemany, query, param_list))

    def _in_turn(self, query: str, run: Callable[[], Any]) -> Any:
        connection = self.connection
        if connection.in_transaction or not _WRITES.match(query):
            return run()
        connection.take_turn()
        try:
            answer = run()
        finally:
            connection.give_turn_back()
        connection.flush()
        return answer


class DatabaseFeatures(StockFeatures):
    #: This SQLite takes 250,000; Django assumes the 999 of old ones, which makes bulk inserts small.
    max_query_params = 32_000


class DatabaseWrapper(stock.DatabaseWrapper):
    """The encrypted database of one computer."""

    Database = Database
    features_class = DatabaseFeatures
    connection: Connection
    transaction_mode: str | None
    init_commands: list[str]

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        self.transaction_mode = "IMMEDIATE"
        key = params.pop("key")
        return {**params, "key": key() if callable(key) else key}

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        key, others = conn_params["key"], {name: v for name, v in conn_params.items() if name != "key"}
        connection: Connection = Database.connect(**others, factory=Connection)
        connection.write_lock = self._write_lock(others["database"])
        connection.flusher = flusher_of(others["database"])
        connection.timeout_seconds = others.get("timeout", 5.0)
        self._unlock(connection, key)
        register_functions(connection)
        for command in (*_SETTINGS, *filter(None, map(str.strip, self.init_commands))):
            connection.execute(command)
        return connection

    def _write_lock(self, database: str) -> WriteLock:
        try:
            return write_lock_of(database)
        except OSError as error:
            raise Database.OperationalError(f"unable to open database file: {error.strerror}") from error

    def _unlock(self, connection: Connection, key: str) -> None:
        """Only the first read shows whether the key fits."""
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{bytes.fromhex(key).hex()}'\"")
        try:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
        except Database.DatabaseError as error:
            connection.close()
            if getattr(error, "sqlite_errorname", "") != "SQLITE_NOTADB":
                raise
            raise Database.OperationalError(
                f"The key does not open the database {self.settings_dict['NAME']}. "
                "Either the key file is another installation's, or the database file is damaged. "
                "Put the right key file back, or restore a backup."
            ) from None

    def create_cursor(self, name: str | None = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)  # type: ignore[no-any-return]

    def is_usable(self) -> bool:
        """Asked after an error only. A connection that saw its disk fill up or vanish is opened again."""
        return False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Transactions begun in here see one unchanging moment and keep no writer waiting. They must not write."""
        self.ensure_connection()
        self.transaction_mode = None
        try:
            yield
        finally:
            self.transaction_mode = "IMMEDIATE"

    @contextmanager
    def with_more_pages(self) -> Iterator[None]:
        """For long work that comes back to the same pages: one that has no place in memory is decrypted each time."""
        self._ask_plainly(f"PRAGMA cache_size = -{MORE_PAGES_KB}")
        try:
            yield
        finally:
            self._ask_plainly(f"PRAGMA cache_size = -{PAGES_KB}")
            self._ask_plainly("PRAGMA shrink_memory")

    def _ask_plainly(self, statement: str) -> None:
        self.ensure_connection()
        self.connection.execute(statement)

    def _start_transaction_under_autocommit(self) -> None:
        self.ensure_connection()
        if self.transaction_mode is None:
            self.cursor().execute("BEGIN")
            return
        with self.wrap_database_errors:
            self.connection.take_turn()
        try:
            self.cursor().execute("BEGIN IMMEDIATE")
        except BaseException:
            self.connection.give_turn_back()
            raise
