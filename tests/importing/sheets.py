"""Spreadsheets for tests, and a program to import them into."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.encounters.importing import actions
from alongside.encounters.importing.mapping import ColumnMapping
from alongside.encounters.importing.models import Import
from alongside.encounters.importing.queries import sender_for
from alongside.encounters.submissions import Sender
from tests.programs import make_member, make_program


@contextmanager
def program_with_sender(role: Role = Role.COORDINATOR) -> Iterator[Sender]:
    """A new program's scope, and somebody who imports."""
    program = make_program()
    member = make_member(program, role)
    with scope(program=program):
        yield sender_for(program, user_id=member.pk)


def csv_of(rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def taken(content: bytes, mapping: ColumnMapping, sender: Sender, *, name: str = "sheet.csv") -> Import:
    """The file with its columns matched."""
    found = actions.take_file([content], name=name, sender=sender)
    actions.match_columns(found, mapping, save_as="", sender=sender)
    return found


def import_file(content: bytes, mapping: ColumnMapping, sender: Sender, *, name: str = "sheet.csv") -> Import:
    """The file, checked and imported."""
    found = taken(content, mapping, sender, name=name)
    actions.check(found, sender=sender)
    actions.bring_in(found, sender=sender)
    return found
