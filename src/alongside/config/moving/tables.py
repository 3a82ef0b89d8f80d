"""Every table of the database, as its migrations describe it: of this version or of an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model

from alongside.config.moving.values import Tally, write_row

#: Who is signed in stays with the computer they signed in on; sealed plans and their keys are in no backup at all.
LEFT_OUT = {"sessions.session", "sites.session", "checkins.sealedplan", "checkins.plankey"}
_ROWS_AT_A_TIME = 2000

Migration = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table, without any of the program's own rules about it."""

    label: str
    model: type[Model]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def fields(self) -> list[Field[Any, Any]]:
        return [field for field in self.model._meta.local_concrete_fields if not field.generated]

    @property
    def columns(self) -> list[str]:
        return [field.attname for field in self.fields]

    def count(self) -> int:
        return self.model._base_manager.count()

    def rows(self) -> Iterator[Sequence[Any]]:
        return self.model._base_manager.order_by().values_list(*self.columns).iterator(_ROWS_AT_A_TIME)

    def lines(self) -> Iterator[str]:
        return map(write_row, self.rows())

    def tally(self) -> Iterator[Tally]:
        """The same growing tally after each row, so that a caller can show progress."""
        tally = Tally()
        for line in self.lines():
            tally.add(line)
            yield tally


def applied_migrations() -> list[Migration]:
    """Those of the apps that are installed here."""
    loader = MigrationLoader(connection)
    return sorted(node for node in loader.applied_migrations if node in loader.graph.nodes)


def known_migrations() -> set[Migration]:
    return set(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def tables_at(migrations: Iterable[Migration]) -> list[Table]:
    """The tables once exactly these migrations have run."""
    apps = MigrationLoader(None, ignore_no_migrations=True).project_state(list(migrations)).apps
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    tables = (Table(label=model._meta.label_lower, model=model) for model in models if not model._meta.proxy)
    return sorted((table for table in tables if table.label not in LEFT_OUT), key=lambda table: table.label)
