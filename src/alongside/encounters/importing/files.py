"""Where spreadsheets wait, and the list of lines that can't be taken. Both encrypted, both gone after a week."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from alongside.encounters.importing.sealed import open_sealed, write_sealed
from alongside.kernel.clock import now

KEPT = timedelta(days=7)
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def folder() -> Path:
    place = Path(settings.MEDIA_ROOT) / "imports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def waiting_file(import_id: UUID) -> Path:
    return folder() / f"{import_id}.sheet"


def faults_file(import_id: UUID) -> Path:
    return folder() / f"{import_id}.faults"


@contextmanager
def waiting(import_id: UUID) -> Iterator[BinaryIO]:
    """The spreadsheet, open. Raises Refusal if it is no longer here."""
    with open_sealed(waiting_file(import_id)) as file:
        yield cast("BinaryIO", file)


def forget(import_id: UUID) -> None:
    waiting_file(import_id).unlink(missing_ok=True)


def forget_old() -> int:
    """Delete what has waited for a week. Answers how many files."""
    before = now() - KEPT
    old = [file for file in folder().iterdir() if datetime.fromtimestamp(file.stat().st_mtime, tz=UTC) < before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


class FaultList:
    """Lines that can't be taken, as a CSV to put right: line, reason, and every column that is read but the code."""

    def __init__(self) -> None:
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer)
        self._is_empty = True

    def add(self, line: int, reason: str, cells: Sequence[tuple[str, str]]) -> None:
        if self._is_empty:
            self._writer.writerow([_("Line"), _("Reason"), *(name for name, _cell in cells)])
            self._is_empty = False
        self._writer.writerow([line, reason, *(_harmless(cell) for _name, cell in cells)])

    def keep(self, import_id: UUID) -> None:
        place = faults_file(import_id)
        if self._is_empty:
            place.unlink(missing_ok=True)
        else:
            write_sealed(place, [self._buffer.getvalue().encode("utf-8-sig")])


def _harmless(cell: str) -> str:
    """A spreadsheet program must not take a cell of somebody's file for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell
