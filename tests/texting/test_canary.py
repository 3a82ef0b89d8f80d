"""A number and the words of a text go in at every door; afterwards they stand where they should, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from alongside.encounters.texting import intake
from alongside.messaging.lines import save_line
from alongside.messaging.models import TextLine
from tests.access.stores import everything_logged, everything_stored
from tests.programs import signed_in, site_of
from tests.texting.conftest import Line
from tests.texting.test_door import send

DIGITS = ("5550143", "555-0143", "555 0143")
NUMBER, OTHER = "+1 415 555 0143", "(415) 555-0143"
CANARY = "zeppelinbird"


def everything_in_files() -> Iterator[str]:
    home = Path(settings.STATIC_ROOT).parent
    for file in home.rglob("*"):
        if file.is_file() and "static" not in file.relative_to(home).parts:
            yield file.read_bytes().decode("latin-1")


def go_through_every_door(line: Line, seen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, desk = Client(), signed_in(Client(), line.boss)
    said = {"name": "Ana", "number": NUMBER, "language": "en", "site": str(site_of(line.program).pk)}
    answers = [
        desk.post(reverse("desk:text_enrol"), said | {"name": "Ten"}),
        desk.post(reverse("desk:text_enrol"), said),
        desk.post(reverse("desk:text_enrol"), said),
        send(gateway, line, f"Ana 5 {CANARY}", number=NUMBER, way="json"),
        send(gateway, line, f"Ana 5 {CANARY}", number=NUMBER, way="json", message_id=f"{NUMBER}-2"),
        send(gateway, line, f"{CANARY}", number=OTHER, way="json", secret="wrong"),
        send(gateway, line, f"{CANARY} " * 9000, number=OTHER, way="json"),
        send(gateway, line, "5 people 3 cookers", number=OTHER, way="json", message_id="SM9"),
        gateway.post(f"{reverse('api:texts', args=[line.line.pk])}", {"nothing": f"{CANARY} {NUMBER}"}),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(intake, "read", _broken)
        answers.append(send(gateway, line, f"Ana 5 {CANARY}", number=NUMBER, way="json", message_id="SM3"))
    gateway.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("alongside.api.texts.take_text", _broken_on_purpose)
        answers.append(send(gateway, line, f"Ana 5 {CANARY}", number=NUMBER, way="json", message_id="SM4"))
    assert answers[-1].status_code == 500
    seen += [str(dict(answer.headers)) for answer in answers]
    seen += [answer.content.decode() for answer in answers[3:] if f"“{CANARY}”" not in answer.content.decode()]
    seen += re.findall(r"<title>.*?</title>", desk.get(reverse("desk:attempts")).content.decode(), re.DOTALL)


def _broken_on_purpose(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("on purpose")


def _broken(*args: object, **kwargs: object) -> None:
    raise RuntimeError(f"{CANARY} {NUMBER} {args} {kwargs}")


def test_numbers_and_words_are_found_nowhere(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.line.answer, line.line.gateway_url = TextLine.Answer.GATEWAY, "https://gateway.example/"
    line.line.gateway_template = '{"to": "{number}", "text": "{text}"}'
    save_line(line.line, header=f"X-Key: {CANARY}", by_id=line.boss.pk)
    seen: list[str] = []
    with everything_logged() as heard:
        go_through_every_door(line, seen, monkeypatch)
    assert len(line.contacts()) == 1
    assert len(line.waiting()) == 3
    places = {
        "the database": everything_stored(),
        "what was logged": heard.getvalue(),
        "answers, titles and headers": "\n".join(seen),
        "the cache": repr(getattr(cache, "_cache", "")),
        "files": "\n".join(everything_in_files()),
    }
    for written in (*DIGITS, CANARY, line.secret):
        assert [name for name, text in places.items() if written in text] == []
