"""The key of the codes on a stick: what works without it, and what says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from alongside.accounts.roles import Role
from alongside.config import doctor, keys
from alongside.encounters.models import Attempt, Encounter
from alongside.kernel.errors import KeyAway, Refusal
from alongside.participants.models import Code
from alongside.participants.rules import random_code
from tests.places import Place
from tests.programs import make_member, signed_in
from tests.recording.forms import saved, sentences_on
from tests.recording.forms import send as send_form
from tests.sync.conftest import Send, words
from tests.sync.phone import Phone


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program whose key of the codes was made on a stick."""
    monkeypatch.setenv("ALONGSIDE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ALONGSIDE_KEYS", raising=False)
    monkeypatch.delenv("ALONGSIDE_DATABASE_URL", raising=False)
    place = tmp_path / "stick" / "codes.key"
    place.parent.mkdir()
    monkeypatch.setenv("ALONGSIDE_CODES_KEY", str(place))
    keys.database_key()
    (tmp_path / "home" / "alongside.sqlite3").write_bytes(b"something")
    return place


@pytest.mark.once
def test_the_key_is_on_the_stick_and_not_on_the_machine_or_in_backups(stick: Path) -> None:
    assert stick.exists()
    assert not (stick.parents[1] / "home" / "keys" / "codes.key").exists()
    assert keys.CODES not in keys.carried_in_backups()
    assert keys.code_key_place() is keys.CodeKeyPlace.ELSEWHERE
    assert "Backups don't hold it" in doctor.code_key().sentence


@pytest.mark.once
def test_without_the_stick_the_program_opens_and_no_other_key_is_made(stick: Path) -> None:
    key = keys.code_key_at_hand()
    elsewhere = stick.rename(stick.with_name("pocket"))
    assert keys.code_key_place() is keys.CodeKeyPlace.AWAY
    assert len(keys.database_key()) == 64
    for ask in (keys.code_key, keys.code_key_at_hand):
        with pytest.raises(KeyAway):
            ask()
    found = doctor.code_key()
    assert (found.weight, "Contacts without a code" in found.sentence) == (doctor.Weight.ADVICE, True)
    assert not stick.exists()
    elsewhere.rename(stick)
    assert keys.code_key_at_hand() == key


@pytest.mark.once
def test_a_copy_left_on_the_machine_is_a_problem(stick: Path) -> None:
    left = stick.parents[1] / "home" / "keys" / "codes.key"
    left.write_text(stick.read_text())
    assert doctor.code_key().is_problem


@pytest.fixture
def away(settings: Settings) -> None:
    def no_key() -> bytes:
        raise KeyAway("away")

    settings.CODE_KEY = no_key
    settings.CODE_KEY_PLACE = lambda: keys.CodeKeyPlace.AWAY


@pytest.mark.django_db
@pytest.mark.usefixtures("away")
def test_a_contact_without_a_code_is_recorded_and_one_with_a_code_stays_in_the_form(place: Place, desk: Client) -> None:
    saved(send_form(desk, {"items.cooker": "1"}))
    answer = send_form(desk, {"items.cooker": "2", "code": random_code()})
    assert answer.status_code == 422
    assert any("not plugged in" in sentence for sentence in sentences_on(answer))
    assert Encounter.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("away")
def test_what_phones_send_with_a_code_waits_closed_for_a_person(place: Place, phone: Phone, send: Send) -> None:
    code = random_code()
    with_code = phone.contact(**{"items.cooker": "1", "code": code})
    assert words(send(with_code, phone.contact())) == ["held", "accepted"]
    kept = Attempt.objects.get()
    assert code not in kept.content
    assert json.loads(kept.content)["sealed"]
    assert not Code.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("away")
def test_pages_say_it_in_a_sentence(place: Place) -> None:
    office = signed_in(Client(), make_member(place.program, Role.COORDINATOR))
    assert "not plugged in" in office.get(reverse("desk:exposure")).content.decode()
    cards = office.post(reverse("desk:cards"), {"cards": "10"})
    assert (cards.status_code, "not plugged in" in cards.content.decode()) == (422, True)
    looked_up = office.post(reverse("desk:people"), {"code": random_code()})
    assert "not plugged in" in looked_up.content.decode()
    with pytest.raises(Refusal):
        raise KeyAway("a refusal like any other")
