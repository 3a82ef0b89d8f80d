"""What is stored of people, table by table, with how many rows hold it and when it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _

from alongside.encounters.models import Retention
from alongside.encounters.retention import months_of
from alongside.kernel.exposure import Rule, Stored
from alongside.sites.models import Scoped

MOST_COUNTED = 100_000


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field that could point to somebody: what it holds, and its name in the database."""

    words: Any
    name: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of them."""

    title: Any
    name: str
    fields: Sequence[Field]
    rows: int
    kept: Any

    @property
    def is_more(self) -> bool:
        return self.rows > MOST_COUNTED

    @property
    def shown_rows(self) -> int:
        return min(self.rows, MOST_COUNTED)


def tables_about_people(rules: Retention) -> list[Table]:
    """Those that hold something first. Inside the program's scope."""
    found = [_table(label, each, rules) for label, each in _declared().items() if each.people]
    return sorted(found, key=lambda table: not table.rows)


def fields_about_staff() -> list[Table]:
    found = []
    for label, each in _declared().items():
        if each.staff:
            fields = [Field(words=name, name=f"{label}.{name}") for name in each.staff]
            found.append(Table(title=each.title or _name_of(label), name=label, fields=fields, rows=0, kept=""))
    return found


def _declared() -> Mapping[str, Stored]:
    declared: Mapping[str, Stored] = settings.STORED_FIELDS
    return declared


def _name_of(label: str) -> str:
    return label.partition(".")[2]


def _table(label: str, stored: Stored, rules: Retention) -> Table:
    model = apps.get_model(label)  # noqa: TID251 - names tables of every layer, and asks them nothing but how many
    return Table(
        title=stored.title,
        name=label,
        fields=[Field(words=words, name=f"{label}.{name}") for name, words in stored.people.items()],
        rows=_count(model),
        kept=" ".join(str(each) for each in (_by_rule(stored.rule, rules), stored.kept) if each),
    )


def _count(model: type[Model]) -> int:
    """Of this program; counting stops where it would take long."""
    rows = model.objects.all() if issubclass(model, Scoped) else model._base_manager.none()
    return int(rows[: MOST_COUNTED + 1].count())


def _by_rule(rule: Rule | None, rules: Retention) -> str:
    if rule is None:
        return ""
    months = months_of(rules)[rule]
    if months is None:
        return _("Until you shred it: no period is set.")
    return {
        Rule.PEOPLE: _("%(months)s months after the person was last seen."),
        Rule.DETAILS: _("%(months)s months after the contact: what could point to a person goes."),
        Rule.ATTEMPTS: _("%(months)s months after somebody dealt with it."),
    }[rule] % {"months": months}
