"""Everything the program keeps or says, as text, to search for what must not be in it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from alongside.sites.models import Session
from alongside.sites.signed_in import SessionStore


def everything_stored() -> str:
    """Every column of every table, each row after its table's name, sessions opened."""
    rows = [repr(SessionStore().decode(session.session_data)) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows.extend(f"{table} {row!r}" for row in cursor.fetchall())
    return "\n".join(rows)


DEBUGGING = ("django.db", "django.template")
"""Django's own debugging of SQL and templates quotes values. The settings keep it off; see test_canary."""


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """What every logger says, far more than the settings would show."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(exc_text)s"))
    handler.addFilter(lambda record: not (record.name.startswith(DEBUGGING) and record.levelno < logging.INFO))
    loggers = [logging.getLogger(name) for name in ("", *logging.root.manager.loggerDict)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
