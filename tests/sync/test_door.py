"""The door as a whole: who may send, what is turned away as a whole, and the schema that others build on."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.api import bodies
from alongside.api.urls import api
from alongside.encounters.models import Encounter
from alongside.kernel import clock
from alongside.kernel.clock import now
from tests.places import Place
from tests.programs import make_member, signed_in
from tests.sync.conftest import Send, words
from tests.sync.phone import Phone

SCHEMA = Path(__file__).resolve().parents[1] / "snapshots" / "openapi.json"


def post(client: Client, body: bytes | str, content_type: str = "application/json", **headers: str) -> Any:
    return client.post("/api/sync/", body, content_type=content_type, headers=headers)


@pytest.mark.once
def test_the_schema_is_the_one_that_was_agreed() -> None:
    """A difference is a change that phones in use have to live with. `UPDATE=1` writes it down."""
    said = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api")))
    said["info"].pop("version")
    if os.environ.get("UPDATE"):
        SCHEMA.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")
    assert said == json.loads(SCHEMA.read_text())


@pytest.mark.django_db
def test_a_look_says_what_a_phone_should_have(desk: Client, phone: Phone) -> None:
    answer = desk.get("/api/sync/")
    assert answer.json().keys() == {"at", "form", "app", "kid", "public_key"}
    assert (answer.json()["kid"], answer.json()["public_key"]) == (phone.key.kid, phone.key.raw)
    assert "alongside_csrf" in answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b" ", b"{", b"[]", b"7", b'{"contacts": 7}', b'{"contacts": "\xff"}', b"[" * 100_000])
def test_a_body_that_is_not_whole_is_turned_away(desk: Client, body: bytes) -> None:
    answer = post(desk, body)
    assert (answer.status_code, answer.json()["reason"]) == (400, "unreadable")
    assert "kept on the phone" in answer.json()["sentence"]


@pytest.mark.django_db
def test_too_much_and_of_the_wrong_kind(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    many = json.dumps({"contacts": [{}] * (bodies.MOST_CONTACTS + 1)})
    assert post(desk, many).status_code == 413
    assert post(desk, b"contacts=1", "application/x-www-form-urlencoded").status_code == 415
    monkeypatch.setattr(bodies, "MOST_BYTES", 100)
    assert post(desk, b"x" * 101).status_code == 413
    assert not Encounter.objects.exists()


@pytest.mark.django_db
def test_more_than_a_form_may_hold_is_fine(desk: Client, phone: Phone, send: Send) -> None:
    large = phone.contact(visit="on", **{f"syringes.returned.x{number}": "y" * 40_000 for number in range(200)})
    assert words(send(large)) == ["refused"]


@pytest.mark.django_db
def test_nobody_signed_in_and_the_wrong_role(client: Client, place: Place, phone: Phone) -> None:
    body = json.dumps(phone.upload(phone.contact()))
    answer = post(client, body)
    assert (answer.status_code, answer.json()["reason"]) == (401, "signed_out")
    answer = post(signed_in(client, make_member(place.program, Role.TECHNICIAN)), body)
    assert (answer.status_code, answer.json()["reason"]) == (403, "role")
    assert not Encounter.objects.exists()


@pytest.mark.django_db
def test_another_sites_page_cannot_send(place: Place, phone: Phone) -> None:
    client = signed_in(Client(enforce_csrf_checks=True), place.worker)
    body = json.dumps(phone.upload(phone.contact()))
    answer = post(client, body)
    assert (answer.status_code, answer.json()["reason"]) == (403, "csrf")
    token = client.get("/api/sync/").cookies["alongside_csrf"].value
    assert post(client, body, **{"X-CSRFToken": token}).status_code == 200


@pytest.mark.django_db
def test_a_locked_phone_delivers(desk: Client, phone: Phone) -> None:
    desk.get("/today/")
    with clock.set_to(now() + timedelta(hours=2)):
        assert desk.get("/today/").status_code == 302
        assert post(desk, json.dumps(phone.upload(phone.contact()))).status_code == 200


@pytest.mark.django_db
def test_a_start_password_comes_first(client: Client, place: Place, phone: Phone) -> None:
    User.objects.filter(pk=place.worker.pk).update(start_password_until=now() + timedelta(days=1))
    answer = post(signed_in(client, place.worker), json.dumps(phone.upload(phone.contact())))
    assert (answer.status_code, answer.json()["reason"]) == (403, "password")


@pytest.mark.django_db
def test_a_database_that_is_away_is_the_one_reason_to_wait(
    desk: Client, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("connection refused")

    desk.raise_request_exception = False
    monkeypatch.setattr("alongside.encounters.outbox.taking.ingest", away)
    answer = post(desk, json.dumps(phone.upload(phone.contact())))
    assert (answer.status_code, answer.json()["reason"]) == (503, "away")
    assert answer["Retry-After"]
