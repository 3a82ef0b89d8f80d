"""Uploads as apps in use have sent them. Each is understood as long as a phone may still hold one: take none out.

`v1-recorded-*` are the very bodies that a Chromium sent to an earlier version of the program, still sealed, with that
demo program's key (`tools/record_upload.py` makes one; a release adds one). The others are written by hand, for what
forms may say. Both hold the words, contacts and facts that they must come to. What differs from one program to the next
is replaced: the number of the site and the token of the worker.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alongside.encounters.models import Encounter
from alongside.encounters.outbox.sealing import Keyring, Sealed
from alongside.kernel import clock
from tests.places import Place, facts
from tests.sync.conftest import Send, words
from tests.sync.phone import Envelope, Phone, seal

pytestmark = pytest.mark.django_db
UPLOADS = sorted((Path(__file__).resolve().parents[1] / "snapshots" / "uploads").glob("*.json"))
RECORDED = [file for file in UPLOADS if "recorded" in file.stem]
SITE = re.compile(r"\bsite=\d+")


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


@pytest.mark.parametrize("file", [file for file in UPLOADS if file not in RECORDED], ids=lambda file: file.stem)
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


class Recording:
    """What an earlier app sent, to be sent again by a phone of today's program."""

    def __init__(self, file: Path, phone: Phone) -> None:
        self.said = json.loads(file.read_text())
        self._phone = phone
        self._keyring = Keyring(self.said["program"])

    def exchanges(self) -> Iterator[tuple[datetime, list[Envelope], list[str]]]:
        """When it was sent, the contacts, and what the server of that time said of each."""
        for each in self.said["exchanges"]:
            contacts = [self._again(envelope) for envelope in each["body"]["contacts"]]
            yield datetime.fromisoformat(each["body"]["sent_at"]), contacts, words(each["answers"])

    def _again(self, envelope: dict[str, Any]) -> Envelope:
        sealed = Sealed(**{name: value for name, value in envelope.items() if name != "v"})
        plain = json.loads(self._keyring.open(sealed))
        form = SITE.sub(f"site={self._phone.site}", plain["form"])
        return seal(plain | {"form": form, "worker": self._phone.worker}, contact_id=sealed.id, key=self._phone.key)


def stored() -> dict[str, list[Any]]:
    rows = Encounter.objects.order_by("pk")
    return {str(row.pk): [row.occurred_at.isoformat(), row.people, row.reached, row.state] for row in rows}


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_what_an_app_in_use_sent_is_still_understood(
    place: Place, phone: Phone, send: Send, file: Path, settings: Any
) -> None:
    now = settings.OUTBOX_KEYS
    settings.OUTBOX_KEYS = lambda: [bytes.fromhex(json.loads(file.read_text())["key"])]
    exchanges = list(Recording(file, phone).exchanges())
    settings.OUTBOX_KEYS = now
    for sent_at, contacts, said in exchanges:
        phone.clock_off = sent_at - datetime.now(tz=UTC)
        with clock.set_to(sent_at):
            assert words(send(*contacts)) == said
            assert words(send(*contacts)) == ["duplicate" if word == "accepted" else word for word in said]
    found = {"stored": stored(), "facts": in_order(facts())}
    recorded = json.loads(file.read_text())
    if os.environ.get("UPDATE"):
        file.write_text(json.dumps(recorded | found, indent=1, ensure_ascii=False) + "\n")
    assert found == {name: json.loads(file.read_text())[name] for name in found}


@pytest.mark.once
def test_there_are_two_of_earlier_apps() -> None:
    assert len(RECORDED) >= 2
