"""Plain SQL for what has to be quick: knowing who asks, with every request, and recording a contact.

The ORM spends some 80 µs a row and 300 µs a question on work that is the same every time; a contact writes ten rows
and asks three questions. The database's own constraints still hold. Everything else uses the ORM.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.utils import CursorWrapper
from django.db.models.base import ModelState
from django.db.models.expressions import Col

MOST_VALUES = 20_000
FEW_ROWS = 16
"""Up to here PostgreSQL gets a value for each place, a statement that its driver knows already. More rows go as one
array for each column: the driver would spend longer on finding thousands of places than the database on the rows.
"""
MOST_VALUES_KEPT = 256
"""A longer list hardly ever comes a second time with as many values."""
PLAIN = (
    models.BooleanField,
    models.CharField,
    models.IntegerField,
    models.TextField,
)

Prepare = Callable[[Any, Any], Any]
Convert = Callable[[Any, Any, Any], Any]
Question = tuple[str, Sequence[Any]]
"""A statement for both databases, and its values."""


@cache
def _layout(model: type[models.Model], vendor: str) -> tuple[str, str, list[tuple[str, Prepare | None]]]:
    """The table, its columns but an automatic key, and how each value is made ready for this database."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    return quote(model._meta.db_table), columns, [(field.attname, _prepare(field)) for field in fields]


@cache
def _arrays(model: type[models.Model], vendor: str) -> str:
    """A row source made of one array for each column. Without lengths, because a cast to a length cuts silently."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    types = (str(field.db_type(connection)).partition("(")[0] for field in fields)
    return f"SELECT * FROM unnest({', '.join(f'%s::{each}[]' for each in types)})"  # noqa: S608 - a model's own types


def _prepare(field: models.Field[Any, Any]) -> Prepare | None:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, PLAIN):
        return None
    return target.get_db_prep_save


def select(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement written for both databases; `%s` stands for one value."""
    with _cursor(values) as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def select_each(*asked: Question) -> list[list[tuple[Any, ...]]]:
    """Rows of several statements that need nothing of each other, each as from `select`."""
    with ExitStack() as cursors:
        asking = [cursors.enter_context(_cursor(values)) for _statement, values in asked]
        with at_once():
            for cursor, question in zip(asking, asked, strict=True):
                cursor.execute(*question)
        return [cursor.fetchall() for cursor in asking]


class _Reading(NamedTuple):
    """How rows of a model are asked for and become its instances."""

    table: str
    columns: str
    names: list[str]
    key: int
    converters: list[tuple[int, Any, list[Convert]]]


def fetch_joined(
    chosen: Sequence[type[models.Model]], other: str, joined: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Rows of several tables side by side: an instance of each model, None where nothing was joined, and one value
    besides. `joined` names the tables, and how and which of their rows.
    """
    readings = [_reading(model, connection.vendor) for model in chosen]
    columns = ", ".join(reading.columns for reading in readings)
    statement = f"SELECT {columns}, {other} FROM {joined}"  # noqa: S608 - models' own names
    return [(*_instances(chosen, row, readings), row[-1]) for row in select(statement, values)]


def _instances(
    chosen: Sequence[type[models.Model]], row: Sequence[Any], readings: Sequence[_Reading]
) -> Iterator[models.Model | None]:
    start = 0
    for model, reading in zip(chosen, readings, strict=True):
        own = row[start : start + len(reading.names)]
        yield None if own[reading.key] is None else _instance(model, own, reading)
        start += len(own)


@cache
def _reading(model: type[models.Model], vendor: str) -> _Reading:
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    found = ((at, Col("", field), field) for at, field in enumerate(fields))
    converters = [
        (at, column, [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)])
        for at, column, field in found
    ]
    return _Reading(
        table=table,
        columns=", ".join(f"{table}.{quote(str(field.column))}" for field in fields),
        names=[field.attname for field in fields],
        key=fields.index(model._meta.pk),
        converters=[each for each in converters if each[2]],
    )


def _instance(model: type[models.Model], row: Sequence[Any], reading: _Reading) -> models.Model:
    return model.from_db(DEFAULT_DB_ALIAS, reading.names, _converted(row, reading.converters))


def _converted(row: Sequence[Any], converters: list[tuple[int, Any, list[Convert]]]) -> list[Any]:
    values = list(row)
    for at, column, convert in converters:
        for each in convert:
            values[at] = each(values[at], column, connection)
    return values


def _cursor(values: Sequence[Any]) -> AbstractContextManager[CursorWrapper]:
    """PostgreSQL keeps what it planned for a short statement; planning it again takes it as long as doing it."""
    if connection.vendor != "postgresql" or len(values) > MOST_VALUES_KEPT:
        return connection.cursor()
    planned: CursorWrapper = connection.planned_cursor()  # type: ignore[attr-defined]  # of our own backend
    return planned


def at_once() -> AbstractContextManager[None]:
    """PostgreSQL is not asked after each of these statements whether it went well, but once. For plain SQL only."""
    if connection.vendor != "postgresql":
        return nullcontext()
    sent: AbstractContextManager[None] = connection.at_once()  # type: ignore[attr-defined]  # of our own backend
    return sent


def places(count: int) -> str:
    """Placeholders for an IN (…) list."""
    return ", ".join(["%s"] * count)


def prepared(field: models.Field[Any, Any], values: Iterable[Any]) -> list[Any]:
    """Values of a model's field as this database takes them (SQLite has no UUID type)."""
    return [field.get_db_prep_value(value, connection) for value in values]


R = TypeVar("R", bound=models.Model)


@cache
def _blank(model: type[models.Model]) -> dict[str, Any]:
    """Each field's default. For models whose defaults are values."""
    return {field.attname: field.get_default() for field in model._meta.concrete_fields}


def unsaved(model: type[R], **values: Any) -> R:
    """A row to insert, by the names of its columns ("site_id"): in a tenth of the time that the model itself takes."""
    row = model.__new__(model)
    row._state = ModelState()  # noqa: SLF001 - what the model itself would set
    row.__dict__.update(_blank(model), **values)
    return row


def insert_all(rows: Sequence[models.Model], *, with_ids: bool = False) -> None:
    """Insert unsaved rows of one model. With `with_ids` each row's automatic key is filled in."""
    if not rows:
        return
    model = type(rows[0])
    table, columns, fields = _layout(model, connection.vendor)
    most = MOST_VALUES // len(fields)
    this = connections[DEFAULT_DB_ALIAS]  # looked up once: the proxy looks it up for every value
    for start in range(0, len(rows), most):
        chunk = rows[start : start + most]
        values: list[Any]
        if this.vendor == "postgresql" and len(chunk) > FEW_ROWS:
            source = _arrays(model, this.vendor)
            values = [list(column) for column in zip(*(_values(row, fields, this) for row in chunk), strict=True)]
        else:
            source = f"VALUES {', '.join([f'({places(len(fields))})'] * len(chunk))}"
            values = [value for row in chunk for value in _values(row, fields, this)]
        statement = f"INSERT INTO {table} ({columns}) {source}"
        if with_ids:
            _insert_with_ids(model, f"{statement} RETURNING {model._meta.pk.column}", values, chunk)
        else:
            with _cursor(values) as cursor:
                cursor.execute(statement, values)


def _values(row: models.Model, fields: list[tuple[str, Prepare | None]], this: Any) -> Iterable[Any]:
    held = row.__dict__
    for name, prepare in fields:
        value = held[name]
        yield value if prepare is None or value is None else prepare(value, this)


def _insert_with_ids(
    model: type[models.Model], statement: str, values: list[Any], rows: Sequence[models.Model]
) -> None:
    with _cursor(values) as cursor:
        cursor.execute(statement, values)
        for row, (pk,) in zip(rows, sorted(cursor.fetchall()), strict=True):
            row.pk = pk
