"""A phone that is set up at a place, and the way to send from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.encounters.outbox.sealing import public_key
from alongside.encounters.outbox.tokens import worker_token
from alongside.sites.members import Member
from alongside.sites.models import Program
from tests.places import Place, desk, place
from tests.programs import site_of
from tests.sync.phone import Phone

__all__ = ["desk", "place"]

Send = Callable[..., list[dict[str, str]]]


def set_up(program: Program, user: User) -> Phone:
    member = Member(user_id=user.pk, name="", program=program, roles=frozenset({Role.WORKER}))
    return Phone(key=public_key(program), worker=worker_token(member), site=site_of(program).pk)


@pytest.fixture
def phone(place: Place) -> Phone:
    return set_up(place.program, place.worker)


@pytest.fixture
def send(desk: Client, phone: Phone) -> Send:
    """Send envelopes from the phone, signed in as its worker; answers what the server said of each."""

    def sent(*contacts: Any, client: Client = desk) -> list[dict[str, str]]:
        answer = client.post("/api/sync/", phone.upload(*contacts), content_type="application/json")
        assert answer.status_code == 200, answer.content
        answers: list[dict[str, str]] = answer.json()["answers"]
        return answers

    return sent


def words(answers: list[dict[str, str]]) -> list[str]:
    return [each["word"] for each in answers]
