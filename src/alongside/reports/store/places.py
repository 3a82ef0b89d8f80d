"""Where the copy of a program lies. Nothing here opens it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django_scopes import scope

from alongside.reports.asking import all_facts
from alongside.reports.catalogue import stamp
from alongside.reports.models import CopiedMonth, RolledMonth, UncopiedDay
from alongside.sites.models import Program

JOINED = "joined_people"
SUMS = "sums"
PEOPLE = "people"


def folder(program_id: int) -> Path:
    place = Path(settings.MEDIA_ROOT) / "analytics" / str(program_id)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def month_file(program_id: int, name: str, month: date, version: str) -> Path:
    return folder(program_id) / f"{name}.{month:%Y-%m}.{version}.parquet"


def joined_file(program_id: int) -> Path:
    return folder(program_id) / f"{JOINED}.parquet"


def files_of_month(program_id: int, month: date, version: str) -> dict[str, Path]:
    """By the name of the facts, and beside them what they come to and who was seen."""
    names = [SUMS, PEOPLE, *(facts.name for facts in all_facts())]
    return {name: month_file(program_id, name, month, version) for name in names}


def files_in_force(program_id: int) -> list[Path]:
    """Inside the program's scope."""
    rows = CopiedMonth.objects.values_list("month", "version")
    return [file for month, version in rows for file in files_of_month(program_id, month, version).values()]


def is_behind(program: Program) -> bool:
    """Whether a refresh would find anything to do: days or months to copy, or files that are gone."""
    with scope(program=program):
        copied = CopiedMonth.objects.filter(stamp=stamp()).count()
        waits = UncopiedDay.objects.exists() or copied < RolledMonth.objects.count()
        return waits or not all(file.exists() for file in files_in_force(program.pk))
