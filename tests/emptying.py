"""Emptying the database after a test that really committed: tables that only grow refuse Django's own way."""

from __future__ import annotations

from django.db import transaction

from alongside.config.moving import loading
from alongside.config.moving.tables import applied_migrations, tables_at


def forget_everything() -> None:
    tables = tables_at(applied_migrations())
    with transaction.atomic(), loading.rules_set_aside(tables):
        loading.empty(tables)
