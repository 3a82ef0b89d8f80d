"""A sheet of paper with who is in the room, for when the screen goes dark."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django_scopes import scope

from alongside.jobs.specs import Work
from alongside.kernel.clock import now
from alongside.services.consumption_room.models import Room, Visit
from alongside.services.consumption_room.queries.paper import sheet_of
from alongside.sites.models import Program

JOB = "consumption_room.paper"
TYPESETTING = "alongside.services.consumption_room.actions.typesetting"
TYPESETTING_SECONDS = 30


def as_pdf(room: Room) -> bytes:
    """In a process of its own, so that the server stays small."""
    command = [sys.executable, "-m", TYPESETTING]
    said = json.dumps(sheet_of(room)).encode()
    done = subprocess.run(command, input=said, capture_output=True, check=True, timeout=TYPESETTING_SECONDS)  # noqa: S603 (our own)
    return done.stdout


def sheet_file(room: Room) -> Path:
    return Path(settings.PAPER_FOLDER) / f"room-{room.site_id}.pdf"


def write_sheets(_work: Work) -> None:
    """The job, each minute: a sheet for every room with people in it, no older than the room wants it to be.

    It lies unencrypted in the home folder, because it is for a moment when nothing else can be read. It goes when the
    room is empty. It holds no code.
    """
    for program in Program.objects.all():
        with scope(program=program), translation.override(program.language):
            for room in Room.objects.select_related("site", "program"):
                _keep_current(room)


def _keep_current(room: Room) -> None:
    file = sheet_file(room)
    if not room.paper_minutes or not Visit.objects.filter(room=room, left_at=None).exists():
        file.unlink(missing_ok=True)
    elif _is_old(file, timedelta(minutes=room.paper_minutes)):
        _replace(file, as_pdf(room))


def _is_old(file: Path, age: timedelta) -> bool:
    """A little early rather than late: the job comes by once a minute."""
    if not file.exists():
        return True
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) + age - timedelta(seconds=30) <= now()


def _replace(file: Path, content: bytes) -> None:
    """All of it or the old one: the power may go at any moment."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as writing:
        writing.write(content)
        writing.flush()
        os.fsync(writing.fileno())
    fresh.replace(file)
