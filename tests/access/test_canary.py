"""A participant's code goes in at every door; afterwards it is found nowhere, as typed or normalised."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.encounters.models import Attempt, Encounter
from alongside.participants.models import Code
from alongside.participants.rules import random_code, spaced
from alongside.sites.models import Program
from tests.access.stores import DEBUGGING, everything_logged, everything_stored
from tests.participants.test_pages import ticket_on
from tests.programs import make_member, make_program, signed_in, site_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


@pytest.fixture
def boss(program: Program) -> User:
    return make_member(program, Role.COORDINATOR)


class Recorder:
    """A client that remembers what came back, apart from the one page that gives an entry back on purpose."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.outside: list[str] = []
        self.pages: list[str] = []

    def post(self, address: str, data: dict[str, object], **more: object) -> HttpResponseBase:
        answer = self.client.post(address, data, **more)  # type: ignore[arg-type]
        chain = [url for url, _status in getattr(answer, "redirect_chain", [])]
        body = getattr(answer, "content", b"").decode()
        titles = re.findall(r"<title>.*?</title>", body, re.DOTALL)
        addresses = re.findall(r'(?:href|action|src)="[^"]*"', body)
        cookies = [morsel.OutputString() for morsel in answer.cookies.values()]
        self.outside += [address, *chain, str(dict(answer.headers)), *titles, *addresses, *cookies]
        self.pages.append(body)
        return answer


@pytest.fixture
def cards() -> list[str]:
    return [random_code() for _ in range(3)]


@pytest.fixture
def seen(client: Client, boss: User) -> Recorder:
    cache.clear()
    return Recorder(signed_in(client, boss))


def record(program: Program, code: str, **more: object) -> dict[str, object]:
    return {"site": str(site_of(program).pk), "people": "1", "code": code, "visit": "on", **more}


def go_through_every_door(seen: Recorder, program: Program, cards: list[str]) -> None:
    card, other, third = cards
    seen.post(reverse("desk:record"), record(program, spaced(card).lower()))
    seen.post(reverse("desk:record"), record(program, other))
    seen.post(reverse("desk:record"), record(program, third))
    _refused_and_conflicting(seen, program, card)
    for code in (card, f" {card.lower()} ", random_code()):
        seen.post(reverse("desk:people"), {"code": code})
    page = seen.post(reverse("desk:people"), {"code": card})
    seen.post(reverse("desk:people_same"), {"ticket": ticket_on(page), "other": other}, follow=True)
    seen.post(reverse("desk:people_same"), {"ticket": ticket_on(page), "other": card}, follow=True)
    page = seen.post(reverse("desk:people"), {"code": card})
    seen.post(reverse("desk:people_lost_card"), {"ticket": ticket_on(page)})
    _import(seen, card)
    page = seen.post(reverse("desk:people"), {"code": third})
    seen.post(reverse("desk:people_forget"), {"ticket": ticket_on(page), "sure": "yes"}, follow=True)


def _refused_and_conflicting(seen: Recorder, program: Program, card: str) -> None:
    same = {"id": "01980000-0000-7000-8000-00000000cafe"}
    seen.post(reverse("desk:record"), record(program, card, **same))
    seen.post(reverse("desk:record"), record(program, card, **same, reached="4"))
    seen.post(reverse("desk:record"), record(program, card, site="999"))
    seen.post(reverse("desk:record"), record(program, card, people="0"))


def _import(seen: Recorder, card: str) -> None:
    sheet = f"date,town,code,cookers\n2026-01-02,Warren,{card},3\n2026-01-03,Warren,{spaced(card)},oops\n"
    answer = seen.post(reverse("desk:imports"), {"file": SimpleUploadedFile("s.csv", sheet.encode())}, follow=True)
    columns = answer.redirect_chain[-1][0]  # type: ignore[attr-defined]
    said = {
        "column_0": "date",
        "column_1": "site",
        "column_2": "code",
        "column_3": "item:cooker",
        "missing_sites": "area",
        "people": "one",
        "save_as": "",
    }
    seen.post(columns, said, follow=True)
    seen.post(columns.replace("columns", "run"), {}, follow=True)


def fail_on_purpose(seen: Recorder, program: Program, card: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours in the middle of recording and of looking somebody up: a 500, with the code in the request."""
    seen.client.raise_request_exception = False

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("on purpose")

    with monkeypatch.context() as patch:
        patch.setattr("alongside.desk.recording.views.store", broken)
        patch.setattr("alongside.desk.people.views.person_behind", broken)
        assert seen.post(reverse("desk:record"), record(program, card)).status_code == 500
        assert seen.post(reverse("desk:people"), {"code": card}).status_code == 500
    for page in seen.pages[-2:]:
        assert card not in page


def forms_of(card: str) -> list[str]:
    return [card, card.lower(), spaced(card), spaced(card).lower()]


def test_a_code_is_found_nowhere(
    seen: Recorder, program: Program, cards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with everything_logged() as heard:
        go_through_every_door(seen, program, cards)
        fail_on_purpose(seen, program, cards[0], monkeypatch)
    with scope(program=program):
        assert Code.objects.exists()
        assert Attempt.objects.exists()
        assert Encounter.objects.filter(door="import").exists()
    places = {
        "the database": everything_stored(),
        "what was logged": heard.getvalue(),
        "addresses, titles, headers and cookies": "\n".join(seen.outside),
        "the session": repr(dict(seen.client.session)),
        "the cache": repr(getattr(cache, "_cache", "")),
        "files": "\n".join(everything_in_files()),
    }
    for card in cards:
        for written in forms_of(card):
            assert [name for name, text in places.items() if written in text] == []


@pytest.mark.once
def test_debugging_that_quotes_values_is_off() -> None:
    assert not [name for name in DEBUGGING if logging.getLogger(name).isEnabledFor(logging.DEBUG)]


def everything_in_files() -> Iterator[str]:
    """What lies in the program's home: its database, sealed uploads, keys."""
    home = Path(settings.STATIC_ROOT).parent
    for file in home.rglob("*"):
        if file.is_file() and "static" not in file.relative_to(home).parts:
            yield file.read_bytes().decode("latin-1")


def test_a_page_that_fails_for_want_of_a_database_gives_the_code_to_nobody_else(
    seen: Recorder, program: Program, cards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 hands the form back to the person who sent it, to send again; the code is logged and stored nowhere."""
    seen.client.raise_request_exception = False

    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("connection refused")

    with everything_logged() as heard, monkeypatch.context() as patch:
        patch.setattr("alongside.desk.recording.views.store", away)
        assert seen.post(reverse("desk:record"), record(program, cards[0])).status_code == 503
    for written in forms_of(cards[0]):
        assert written not in heard.getvalue() + everything_stored() + "\n".join(seen.outside)
