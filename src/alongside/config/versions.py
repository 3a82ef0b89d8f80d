"""Whether the tables are those of this version."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def changes_waiting() -> int:
    """How many migrations have not run yet."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_from_a_newer_version() -> bool:
    """True if a migration has run that nobody here knows."""
    loader = MigrationExecutor(connection).loader
    unknown = set(loader.applied_migrations or ()) - set(loader.graph.nodes)
    return any(app in loader.migrated_apps for app, _name in unknown)
