"""The door for gateways: who may knock, what comes back, and that nothing else is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from alongside.encounters.texting import intake
from alongside.jobs.models import Job
from alongside.messaging.lines import renew_secret
from alongside.messaging.models import InboundText, TextLine
from tests.texting.conftest import NUMBER, Line

REPORT = "SAM 5 PEOPLE 15 NEEDLES"


def send(client: Client, line: Line, words: str = REPORT, *, way: str = "form", **more: Any) -> HttpResponse:
    """As a gateway does. `more` may hold a message id, a number, a secret."""
    headers = {"X-Alongside-Secret": more.get("secret", line.secret)}
    told = {"From": more.get("number", NUMBER), "Body": words, "MessageSid": more.get("message_id", "SM1")}
    content, kind = (told, None) if way == "form" else (json.dumps(told), "application/json")
    address = reverse("api:texts", args=[line.line.pk])
    extra = {"content_type": kind} if kind else {}
    answer: HttpResponse = client.post(address, content, headers=headers, **extra)  # type: ignore[arg-type]
    return answer


@pytest.fixture
def gateway() -> Client:
    """Knows nothing of cookies or tokens against forgery."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("way", ["json", "urlencoded"])
def test_a_text_comes_in_once_and_its_answer_goes_out(gateway: Client, line: Line, way: str) -> None:
    if way == "urlencoded":
        address, headers = reverse("api:texts", args=[line.line.pk]), {"X-Alongside-Secret": line.secret}
        body, kind = "From=%2B14155552671&Body=SAM+5+people&MessageSid=SM1", "application/x-www-form-urlencoded"
        answers = [gateway.post(address, body, content_type=kind, headers=headers) for _turn in range(2)]
    else:
        answers = [send(gateway, line, way="json") for _turn in range(2)]
    for answer in answers:
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/xml")
        assert b"<Response><Message>Got it: 5 people" in answer.content
    assert len(line.contacts()) == 1


@pytest.mark.parametrize(
    ("way", "body"),
    [
        (TextLine.Answer.PLAIN, b"Kept for a person"),
        (TextLine.Answer.JSON, b'{"reply": "Kept for a person'),
        (TextLine.Answer.NONE, b"{}"),
        (TextLine.Answer.GATEWAY, b"{}"),
    ],
)
def test_ways_to_answer(gateway: Client, line: Line, way: str, body: bytes) -> None:
    TextLine.objects.update(answer=way)
    assert send(gateway, line, "<b>3 & 4</b>", way="json").content.startswith(body)
    assert Job.objects.filter(kind="messaging.send").count() == (way == TextLine.Answer.GATEWAY)


def test_an_answer_in_xml_is_xml(gateway: Client, line: Line) -> None:
    TextLine.objects.update(answer=TextLine.Answer.XML)
    assert b"<ships" not in send(gateway, line, "SAM 5 <ships>", way="json", message_id="2").content


@pytest.mark.parametrize("secret", ["", "wrong", "\x00"])
def test_a_wrong_secret_opens_nothing(gateway: Client, line: Line, secret: str) -> None:
    answer = send(gateway, line, secret=secret, way="json")
    assert answer.status_code == 401
    assert not InboundText.objects.exists()


def test_a_line_that_does_not_exist_answers_like_a_wrong_secret(gateway: Client, line: Line) -> None:
    address = reverse("api:texts", args=["01980000-0000-7000-8000-000000000000"])
    answer = gateway.post(address, {}, headers={"X-Alongside-Secret": line.secret})
    assert (answer.status_code, answer.content) == (401, send(gateway, line, secret="x", way="json").content)


def test_an_old_secret_opens_nothing(gateway: Client, line: Line) -> None:
    new = renew_secret(line.line, by_id=line.boss.pk)
    assert send(gateway, line, way="json").status_code == 401
    assert send(gateway, line, way="json", secret=new).status_code == 200


def test_a_line_that_is_off(gateway: Client, line: Line) -> None:
    TextLine.objects.update(is_on=False)
    assert send(gateway, line, way="json").status_code == 403


def test_only_posts(gateway: Client, line: Line) -> None:
    assert gateway.get(reverse("api:texts", args=[line.line.pk])).status_code == 405


def test_a_megabyte_is_no_text(gateway: Client, line: Line) -> None:
    assert send(gateway, line, "x" * 1_000_000, way="json").status_code == 413
    assert send(gateway, line, "5 needles " * 3000, way="json").status_code == 200
    assert len(line.waiting()) == 1, "long, but kept whole for a person"


def test_a_body_without_a_text_is_not_passed_over(gateway: Client, line: Line) -> None:
    address, headers = reverse("api:texts", args=[line.line.pk]), {"X-Alongside-Secret": line.secret}
    assert gateway.post(address, {"hello": "there"}, headers=headers).status_code == 422
    delivery = {"MessageSid": "SM1", "MessageStatus": "delivered", "From": NUMBER}
    assert gateway.post(address, json.dumps(delivery), "application/json", headers=headers).status_code == 200
    assert not InboundText.objects.exists()


@pytest.mark.parametrize(
    "words", ["\x00", "🦔" * 50, "\u202e5 people", "٥ people", "'; DROP TABLE x; --", "%s%n{0}", "\ud800"]
)
def test_odd_texts_are_taken(gateway: Client, line: Line, words: str) -> None:
    answer = send(gateway, line, words, way="json")
    assert answer.status_code == 200
    assert len(line.waiting()) + len(line.contacts()) == 1


def test_odd_ids_and_numbers_are_taken(gateway: Client, line: Line) -> None:
    for turn, odd in enumerate(("x" * 5000, "\x00", "🦔", "\ud800")):
        assert send(gateway, line, way="json", message_id=odd).status_code == 200
        assert send(gateway, line, way="json", number=odd, message_id=f"n{turn}").status_code == 200
    assert len(line.contacts()) == 4


def test_too_many(gateway: Client, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_A_DAY", 1)
    assert [send(gateway, line, way="json", message_id=f"{n}").status_code for n in range(3)] == [200, 429, 429]


def test_a_database_that_is_away_makes_the_gateway_try_again(
    gateway: Client, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("away")

    gateway.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(intake, "ingest", away)
        assert send(gateway, line, way="json").status_code == 503
    assert send(gateway, line, way="json").status_code == 200
    assert len(line.contacts()) == 1
