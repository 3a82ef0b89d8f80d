"""A phone's contact that was kept for a person: shown to them, and opened in the form to be put right."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from django.http import QueryDict

from alongside.encounters.models import Attempt
from alongside.encounters.outbox.envelopes import Opened, Unreadable, read
from alongside.encounters.outbox.keeping import envelope_of
from alongside.encounters.outbox.sealing import Keyring, Unopened
from alongside.kernel.ids import uuid7
from alongside.sites.models import Program


def answers_of(attempt: Attempt) -> list[tuple[str, str]]:
    """What was entered, without a code, by the names of the form; nothing if it could never be read."""
    answers = json.loads(attempt.content).get("answers", {}) if attempt.door == "field" else {}
    return [(name, ", ".join(values)) for name, values in answers.items() if any(values) and name != "id"]


def reopened(attempt: Attempt, *, program: Program) -> QueryDict | None:
    """The form as the phone had it, with the time it was made at; None for what can't be opened, and for an undo.

    A number that another contact has is replaced: then this one is recorded beside it.
    """
    keyring = Keyring(program.pk)
    try:
        opened = read(envelope_of(attempt.content, keyring), keyring)
    except (Unopened, Unreadable):
        return None
    form = opened.form
    if form.get("undo"):
        return None
    form["id"] = str(uuid7() if attempt.word == Attempt.Word.CONFLICT else opened.id)
    _say_when(form, opened, attempt, program)
    return form


def _say_when(form: QueryDict, opened: Opened, attempt: Attempt, program: Program) -> None:
    if form.get("day") or form.get("time"):
        return
    local = min(opened.made_at, attempt.at).astimezone(ZoneInfo(program.timezone))
    form["day"], form["time"] = local.date().isoformat(), f"{local:%H:%M}"
