"""Filling tables with rows as they are, with the database's own rules set aside until all of them are in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, JSONField

from alongside.config.moving.tables import Table
from alongside.config.moving.values import readers_of

_ROWS_AT_A_TIME = 500


def rules_set_aside(tables: Sequence[Table]) -> AbstractContextManager[None]:
    """No triggers and, where they would have to be remembered row by row, no foreign keys.

    A trigger would do again what the rows already say: add a stock move to a level that counts it. Has to stand in a
    transaction, whose end checks what was not checked here, and whose failure puts everything back.
    """
    return _set_aside_on_sqlite() if connection.vendor == "sqlite" else _set_aside_on_postgresql(tables)


def empty(tables: Sequence[Table]) -> None:
    """Remove what the migrations themselves put in, and the signs of life of a running program."""
    if connection.vendor == "sqlite":
        _execute(*(f"DELETE FROM {_quoted(table.name)}" for table in tables))  # noqa: S608 (our own tables)
    else:
        _execute(f"TRUNCATE {', '.join(_quoted(table.name) for table in tables)} CASCADE")


def fill(table: Table, lines: Iterable[str]) -> None:
    """Put in rows that are written as JSON."""
    rows = _values(table, lines)
    columns = ", ".join(_quoted(str(field.column)) for field in table.fields)
    target = f"{_quoted(table.name)} ({columns})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join("%s" for _ in table.fields)
        while some := list(islice(rows, _ROWS_AT_A_TIME)):
            cursor.executemany(f"INSERT INTO {target} VALUES ({places})", some)  # noqa: S608 (our own tables)


def reset_sequences(tables: Sequence[Table]) -> None:
    """Let the next row get a number that none of the filled-in ones has."""
    _execute(*connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]))


def drop_everything() -> None:
    """Remove all tables, and on PostgreSQL the functions of triggers, which do not go with them."""
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {_quoted(name)}{' CASCADE' if connection.vendor == 'postgresql' else ''}")
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
            )
            for (function,) in cursor.fetchall():
                cursor.execute(f"DROP FUNCTION {function}")


def _values(table: Table, lines: Iterable[str]) -> Iterator[list[Any]]:
    fields = table.fields
    readers = readers_of(fields)
    preparers = {place: _preparer(fields[place], readers.get(place)) for place in _places_to_prepare(fields, readers)}
    for line in lines:
        row = json.loads(line)
        for place, prepare in preparers.items():
            row[place] = prepare(row[place])
        yield row


def _places_to_prepare(fields: Sequence[Field[Any, Any]], readers: Iterable[int]) -> set[int]:
    """Numbers, text and yes or no go in as they are."""
    return {*readers, *(place for place, field in enumerate(fields) if isinstance(field, JSONField))}


def _preparer(field: Field[Any, Any], read: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """From JSON to what this database takes."""
    here, keeps_none = connections[DEFAULT_DB_ALIAS], field.null or not isinstance(field, JSONField)

    def prepare(value: Any) -> Any:
        if value is None and keeps_none:
            return None
        return field.get_db_prep_value(read(value) if read else value, here, prepared=True)

    return prepare


@contextmanager
def _set_aside_on_sqlite() -> Iterator[None]:
    with connection.cursor() as cursor:
        triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    _execute(*(f"DROP TRIGGER {_quoted(name)}" for name, _sql in triggers))
    yield
    _execute(*(sql for _name, sql in triggers))


@contextmanager
def _set_aside_on_postgresql(tables: Sequence[Table]) -> Iterator[None]:
    """Deferred foreign keys would hold a note in memory for each of many million rows."""
    names = [_quoted(table.name) for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
        foreign_keys = cursor.fetchall()
    _execute(*(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names))
    _execute(*(f"ALTER TABLE {table} DROP CONSTRAINT {key}" for table, key, _rule in foreign_keys))
    yield
    _execute(*(f"ALTER TABLE {table} ADD CONSTRAINT {key} {rule}" for table, key, rule in foreign_keys))
    _execute(*(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names))


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
