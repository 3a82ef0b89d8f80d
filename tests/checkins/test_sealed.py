"""What somebody wrote goes in; until nobody answered it is found nowhere, and after an OK nothing opens it again."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from alongside.config import keys
from alongside.jobs.django_store import DjangoStore
from alongside.services.checkins.models import CheckIn, PlanKey, SealedPlan
from alongside.services.checkins.rules.sealing import NotOurs, unseal
from tests.access.stores import everything_logged, everything_stored
from tests.checkins.covering import PLACE, Covered

NUMBER = "4155552671"
WRITTEN = (PLACE, "Heron", "4711", NUMBER, "Two tablets")


def assert_nowhere(*canaries: str) -> None:
    stored = everything_stored()
    assert [canary for canary in canaries if canary in stored] == []


def test_a_plan_is_nowhere_to_be_read(covered: Covered, client: Client) -> None:
    with everything_logged() as heard:
        address, word = covered.started(client, friend=NUMBER, more="Two tablets")
        secret = address.rstrip("/").rsplit("/", 1)[1]
        client.get(address)
        covered.pass_deadline()
        assert_nowhere(*WRITTEN, secret, word)
        covered.pass_refusal()
        assert_nowhere(*WRITTEN, secret, word)
    logged = heard.getvalue()
    assert [canary for canary in (*WRITTEN, secret, word) if canary in logged] == []


def test_a_backup_from_before_the_ok_opens_for_nobody_after_it(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    kept = SealedPlan.objects.get()
    key = PlanKey.objects.get(check_in=CheckIn.objects.get().pk)
    private = (covered.keys / f"{key.pk.hex}.key").read_bytes()
    box = bytes.fromhex(json.loads(kept.boxes)[key.pk.hex])
    assert PLACE in unseal(bytes(kept.sealed), box, key_id=key.pk, private=private), "or this would show nothing"
    client.post(address, {"do": "ok"})
    covered.keeper.destroy_keys(DjangoStore())
    assert not (covered.keys / f"{key.pk.hex}.key").exists()
    for other in covered.keys.iterdir():
        with pytest.raises(NotOurs):
            unseal(bytes(kept.sealed), box, key_id=key.pk, private=other.read_bytes())


def test_the_keys_of_plans_are_in_no_backup_and_for_nobody_else(covered: Covered) -> None:
    assert not any("plan" in name for name in keys.carried_in_backups())
    assert covered.keys.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in covered.keys.iterdir())


def test_pages_carry_their_address_no_further(covered: Covered, client: Client) -> None:
    address, _word = covered.started(client)
    answer = client.get(address)
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
