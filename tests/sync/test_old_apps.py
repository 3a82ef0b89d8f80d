"""Uploads as apps in use have sent them. Each is understood as long as a phone may still hold one: take none out.

A file is what a phone of that version sent, with the names that differ from one program to the next in braces, and the
word and facts that each contact must come to. A change of the envelope or of a form adds files here.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from alongside.encounters.models import Encounter
from tests.places import Place, facts
from tests.sync.conftest import Send, words
from tests.sync.phone import Phone, seal

pytestmark = pytest.mark.django_db
UPLOADS = sorted((Path(__file__).resolve().parents[1] / "snapshots" / "uploads").glob("*.json"))


def filled(plain: dict[str, str], phone: Phone) -> dict[str, str]:
    names = {"{site}": str(phone.site), "{worker}": phone.worker}
    return {key: _replaced(value, names) for key, value in plain.items()}


def _replaced(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def sealed(contact: dict[str, Any], phone: Phone) -> dict[str, Any]:
    """The seal itself depends on the program's key, so it is made here, by what version 1 of the envelope says."""
    plain = filled(contact["plain"], phone)
    return seal(plain, contact_id=contact["id"], key=phone.key)


def in_order(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {name: sorted(each, key=lambda row: sorted(map(str, row.items()))) for name, each in rows.items()}


@pytest.mark.parametrize("file", UPLOADS, ids=lambda file: file.stem)
def test_an_old_app_is_still_understood(place: Place, phone: Phone, send: Send, file: Path) -> None:
    recorded = json.loads(file.read_text())
    envelopes = [sealed(contact, phone) for contact in recorded["contacts"]]
    answers = send(*envelopes)
    assert words(answers) == [contact["word"] for contact in recorded["contacts"]]
    assert words(send(*envelopes)) == ["duplicate" if word == "accepted" else word for word in words(answers)]
    for contact in recorded["contacts"]:
        if contact["word"] == "accepted" and "undo=" not in contact["plain"]["form"]:
            stored = Encounter.objects.get(pk=contact["id"])
            assert stored.occurred_at.isoformat() == contact["happened"]
            assert (stored.people, stored.reached, stored.state) == tuple(contact["people_reached_state"])
    if os.environ.get("UPDATE"):
        file.write_text(json.dumps(recorded | {"facts": in_order(facts())}, indent=1, ensure_ascii=False) + "\n")
    assert in_order(facts()) == in_order(json.loads(file.read_text())["facts"])


@pytest.mark.once
def test_there_is_one() -> None:
    assert UPLOADS
