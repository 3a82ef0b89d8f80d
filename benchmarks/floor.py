"""The floor: the rows that one contact writes, by plain SQL on the driver, one transaction a contact.

The statements are those that the program itself sends: they are heard once, and then sent again with new ids,
without Django, validation, rules, sign-in or HTTP.
"""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

from benchmarks.filling import submissions

Heard = list[tuple[str, list[Any]]]


def plain_contacts_per_s(*, seconds: float) -> float:
    from django.db import connection

    heard, encounter_id = _hear_one_contact()
    connection.ensure_connection()
    send = _sqlite_sender() if connection.vendor == "sqlite" else _postgres_sender()
    sent, until, begin = 0, time.perf_counter() + seconds, time.perf_counter()
    while time.perf_counter() < until:
        send(heard, encounter_id)
        sent += 1
    return sent / (time.perf_counter() - begin)


def plain_batch_seconds(contacts: int) -> float:
    """Seconds for the rows of so many contacts, all in one transaction."""
    from django.db import connection

    heard, encounter_id = _hear_one_contact()
    connection.ensure_connection()
    send = _sqlite_sender() if connection.vendor == "sqlite" else _postgres_sender()
    begin = time.perf_counter()
    send(heard, encounter_id, contacts)
    return time.perf_counter() - begin


def _hear_one_contact() -> tuple[Heard, Any]:
    """The inserts of one contact, with the id it went in under (as this database's driver takes it)."""
    from django.db import connection
    from django_scopes import scope

    from alongside.encounters.ingest import ingest

    heard: Heard = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT"):
            heard.append((sql, list(params)))
        return execute(sql, params, many, context)

    said, sender = submissions(1)
    with scope(program=sender.program), connection.execute_wrapper(listen):
        ingest(said, sender=sender)
    encounter_id = said[0].id.hex if connection.vendor == "sqlite" else said[0].id
    return heard, encounter_id


def _with_new_ids(heard: Heard, encounter_id: Any, execute: Any) -> None:
    """Send the inserts again: another encounter, and each fact to the entry that was just written."""
    new = uuid.uuid4()
    replacement = new.hex if isinstance(encounter_id, str) else new
    entries: list[int] = []
    for sql, params in heard:
        values = [replacement if value == encounter_id else value for value in params]
        columns = _columns(sql)
        if entries and "entry_id" in columns:
            for start in range(0, len(values), len(columns)):
                values[start + columns.index("entry_id")] = entries[0]
        found = execute(sql, values)
        entries = found or entries


def _columns(sql: str) -> list[str]:
    return [name.strip().strip('"') for name in re.search(r"\(([^)]*)\)", sql).group(1).split(",")]  # type: ignore[union-attr]


def _sqlite_sender() -> Any:
    from django.db import connection

    raw = connection.connection

    def execute(sql: str, values: list[Any]) -> list[int]:
        cursor = raw.execute(sql.replace("%s", "?"), values)
        return [row[0] for row in cursor.fetchall()] if "RETURNING" in sql else []

    def send(heard: Heard, encounter_id: Any, contacts: int = 1) -> None:
        raw.execute("BEGIN IMMEDIATE")
        for _contact in range(contacts):
            _with_new_ids(heard, encounter_id, execute)
        raw.execute("COMMIT")
        raw.flush()  # as every write of the program does before it is answered

    return send


def _postgres_sender() -> Any:
    from django.db import connection

    raw = connection.connection

    def execute(sql: str, values: list[Any]) -> list[int]:
        cursor = raw.execute(sql, values, prepare=True)
        return [row[0] for row in cursor.fetchall()] if "RETURNING" in sql else []

    def send(heard: Heard, encounter_id: Any, contacts: int = 1) -> None:
        with raw.transaction():
            for _contact in range(contacts):
                _with_new_ids(heard, encounter_id, execute)

    return send
