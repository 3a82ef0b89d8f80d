"""What somebody wrote goes in; until nobody answered it is found nowhere, and after an OK nothing opens it again."""

from __future__ import annotations

import json
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from alongside.config import keys
from alongside.jobs.django_store import DjangoStore
from alongside.services.checkins.models import CheckIn, PlanKey, SealedPlan
from alongside.services.checkins.rules.sealing import NotOurs, unseal
from alongside.services.checkins.rules.secrets import new_mark, spaced
from tests.access.stores import everything_logged, everything_stored
from tests.checkins.covering import PLACE, Covered

NUMBER = "4155552671"
WRITTEN = (PLACE, "Heron", "kestrel-4711", NUMBER, "Two tablets")


def assert_nowhere(*canaries: str) -> None:
    stored = everything_stored()
    assert [canary for canary in canaries if canary in stored] == []


def test_a_plan_is_nowhere_to_be_read(covered: Covered, client: Client) -> None:
    with everything_logged() as heard:
        phone = covered.started(client, friend=NUMBER, more="Two tablets")
        secrets = (phone.word, spaced(phone.word), phone.shown_pass, phone.shown_pass.partition(":")[2])
        phone.text()
        covered.pass_deadline()
        assert_nowhere(*WRITTEN, *secrets)
        covered.pass_refusal()
        assert_nowhere(*WRITTEN, *secrets)
    logged = heard.getvalue()
    assert [canary for canary in (*WRITTEN, *secrets) if canary in logged] == []


def addresses_in(answer: HttpResponse) -> list[str]:
    """What a browser would keep in its history, send as a referrer, or be sent on to."""
    inside = re.findall(r'(?:href|action|src|content|data-\w+)="([^"]*)"', answer.content.decode())
    titles = re.findall(r"<title>.*?</title>", answer.content.decode(), re.DOTALL)
    return [answer.request["PATH_INFO"], answer.request["QUERY_STRING"], str(dict(answer.headers)), *inside, *titles]  # type: ignore[attr-defined]


def test_no_address_holds_what_opens_a_check_in(covered: Covered, client: Client) -> None:
    mark = new_mark()
    phone = covered.started(client, mark=mark)
    word = phone.word
    door = reverse("check_in:word", args=[covered.program.slug])
    answers = [phone.page, client.get(phone.here), client.get(covered.address), client.get(door)]
    answers += [Client().post(door, {"word": word}), Client().post(phone.here, {"pass": phone.shown_pass})]
    answers += [phone.press("more"), client.post(f"{phone.here}state/", {"pass": phone.shown_pass})]
    covered.pass_deadline()
    answers += [client.get(phone.here), phone.press("no"), phone.press("ok"), client.get(phone.here)]
    answers += [phone.press("forget")]
    assert {answer.status_code for answer in answers} == {200, 302}
    told = "\n".join(address for answer in answers for address in addresses_in(answer))  # type: ignore[arg-type]
    secrets = (word, spaced(word), phone.shown_pass, phone.shown_pass.partition(":")[2], mark)
    assert [secret for secret in secrets if secret in told] == []


def test_a_backup_from_before_the_ok_opens_for_nobody_after_it(covered: Covered, client: Client) -> None:
    phone = covered.started(client)
    kept = SealedPlan.objects.get()
    key = PlanKey.objects.get(check_in=CheckIn.objects.get().pk)
    private = (covered.keys / f"{key.pk.hex}.key").read_bytes()
    box = bytes.fromhex(json.loads(kept.boxes)[key.pk.hex])
    assert PLACE in unseal(bytes(kept.sealed), box, key_id=key.pk, private=private), "or this would show nothing"
    phone.press("ok")
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
    answer = client.get(covered.started(client).here)
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
