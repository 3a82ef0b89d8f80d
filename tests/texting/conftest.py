"""A program with an open text line and a peer called Sam."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django_scopes import scope

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.encounters.models import Attempt, Encounter, Entry
from alongside.encounters.texting.intake import Answer, take_text
from alongside.messaging.lines import open_line
from alongside.messaging.models import InboundText, Peer, TextLine
from alongside.messaging.peers import enrol
from alongside.messaging.webhooks import Message
from alongside.sites.models import Program
from tests.programs import make_member, make_program, site_of

NUMBER = "+1 415 555 2671"
STRANGER = "+1 415 555 2699"
_ids = count(1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """An open line and its secret."""

    program: Program
    line: TextLine
    secret: str
    boss: User
    sam: Peer

    def text(self, words: str, *, number: str = NUMBER, message_id: str | None = None) -> str:
        return self.take(words, number=number, message_id=message_id).text

    def take(self, words: str, *, number: str = NUMBER, message_id: str | None = None) -> Answer:
        name = f"SM{next(_ids)}" if message_id is None else message_id
        return take_text(Message(number=number, text=words, id=name), line=self.line, program=self.program)

    def contacts(self) -> list[Encounter]:
        return list(Encounter.objects.filter(state=Encounter.State.LIVE).order_by("received_at"))

    def said(self, contact: Encounter) -> dict[str, Any]:
        return {entry.kind: entry.payload for entry in Entry.objects.filter(encounter=contact)}

    def waiting(self) -> list[Attempt]:
        return list(Attempt.objects.filter(settled_at=None).order_by("pk"))

    def last(self) -> InboundText:
        found: InboundText = InboundText.objects.order_by("at").last()  # type: ignore[assignment]
        return found


def make_line(name: str = "Harbor Exchange") -> Line:
    program = make_program(name)
    boss = make_member(program, Role.ADMINISTRATOR)
    with scope(program=program):
        line, secret = open_line(program=program, by_id=boss.pk)
        sam = enrol(name="Sam", number=NUMBER, language="en", site=site_of(program, "Van"), line=line, by_id=boss.pk)
    return Line(program=program, line=line, secret=secret, boss=boss, sam=sam)


@pytest.fixture
def line(db: None) -> Iterator[Line]:
    cache.clear()
    made = make_line()
    with scope(program=made.program):
        yield made
