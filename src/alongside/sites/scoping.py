"""Questions about a program's rows raise outside its scope, all of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django_scopes import ScopedManager
from django_scopes.manager import DisabledQuerySet


class _Closed(DisabledQuerySet):
    """django-scopes 2.1 lets `exists` and `explain` through."""

    exists = DisabledQuerySet.error
    explain = DisabledQuerySet.error


_Scoped: Any = type(ScopedManager(program="program"))


class ProgramManager(_Scoped):
    """Rows of the program whose scope is active; without one, nothing but an error."""

    def get_queryset(self) -> QuerySet[Model]:
        rows: QuerySet[Model] = super().get_queryset()
        if isinstance(rows, DisabledQuerySet):
            return _Closed(self.model, using=self._db, missing_scopes={"program"})
        return rows
