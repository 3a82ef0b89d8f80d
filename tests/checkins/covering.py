"""A program that covers people: somebody proven on duty, every part of the alarm alive, keys ready, an interval set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.alarms import duties
from alongside.alarms.beats import PARTS, Heart
from alongside.alarms.models import Alarm, Duty, Incident
from alongside.alarms.runner import fire_due
from alongside.jobs import database_clock
from alongside.jobs.django_store import DjangoStore
from alongside.messaging.alerting.models import Target
from alongside.messaging.alerting.targets import keep_carrier
from alongside.services.checkins.actions import confirm_protocol
from alongside.services.checkins.models import CheckIn
from alongside.services.checkins.rules.keeping import KIND, PlanKeeper, ask_before_opening
from alongside.sites.models import Program
from tests.alarms.watching import target
from tests.programs import make_member, make_program

PLACE = "Heron Street 9, third floor, blue door"


@dataclass
class Phone:
    """Somebody's phone, and the page that it got."""

    client: Client
    here: str
    page: HttpResponse

    @property
    def word(self) -> str:
        """To text or to type elsewhere, as the page shows it."""
        found = re.search(r'class="letters">(\w{5}) (\w{5})<', self.page.content.decode())
        assert found
        return found[1] + found[2]

    @property
    def shown_pass(self) -> str:
        found = re.search(r'name="pass" value="([^"]+)"', self.page.content.decode())
        assert found
        return found[1]

    def press(self, do: str) -> HttpResponse:
        return self.client.post(self.here, {"do": do, "pass": self.shown_pass})  # type: ignore[return-value]

    def text(self) -> str:
        """What it shows when it is looked at again."""
        return text(self.client, self.here)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert not answer.cookies
    return " ".join(answer.content.decode().split())


@dataclass
class Covered:
    """The program, and the runner's part of it by hand."""

    program: Program
    responder: User
    keeper: PlanKeeper
    keys: Path

    @property
    def address(self) -> str:
        return reverse("check_in:begin", args=[self.program.slug])

    def start(self, client: Client, **said: str) -> HttpResponse:
        form = {"protocol": "injected", "place": PLACE, "entry": "Code kestrel-4711", "more": "", "friend": ""}
        return client.post(self.address, form | said)  # type: ignore[return-value]

    def started(self, client: Client, **said: str) -> Phone:
        """A phone with a check-in that runs."""
        answer = self.start(client, **said)
        assert answer.status_code == 200, re.sub(r"\s+", " ", answer.content.decode())
        return Phone(client=client, here=reverse("check_in:running", args=[self.program.slug]), page=answer)

    def alive(self) -> None:
        for part in PARTS:
            Heart(part).beat(DjangoStore())

    def pass_deadline(self) -> None:
        """Nobody has answered."""
        alarm = Alarm.objects.get(kind=KIND, state="waiting")
        with database_clock.set_to(alarm.due_ms):
            assert fire_due(DjangoStore(), also={KIND: ask_before_opening}) == 1

    def pass_refusal(self) -> None:
        check_in = CheckIn.objects.exclude(release_ms=None).get()
        with database_clock.set_to((check_in.release_ms or 0) + 1):
            self.keeper.open_due(DjangoStore())

    def incident(self) -> Incident:
        return Incident.objects.get(kind=KIND)


def cover(keys: Path) -> Covered:
    program = make_program()
    responder = make_member(program, Role.RESPONDER)
    target(program, "webhook", {"url": "http://127.0.0.1:9/"}, name="Bell", user_id=responder.pk)
    target(program, "email", {"to": "r@example.org"}, name="Mail", user_id=responder.pk)
    duties.go_on_duty(hours=8, program_id=program.pk, by_id=responder.pk)
    Duty.objects.update(proven_ms=DjangoStore().now_ms())
    Target.objects.update(proven_ms=DjangoStore().now_ms())
    gateway = {"url": "http://127.0.0.1:9/", "body": "json", "template": '{"to": "{number}", "text": "{text}"}'}
    keep_carrier("text", gateway, program_id=program.pk, by_id=responder.pk)
    keeper = PlanKeeper(keys, message_key=settings.MESSAGE_KEY())
    keeper.keep_keys_ready(DjangoStore())
    confirm_protocol(
        key="injected",
        name="Injecting",
        wait_seconds=120,
        grace_seconds=30,
        source="Our own protocol of May.",
        program_id=program.pk,
        by_id=responder.pk,
    )
    made = Covered(program=program, responder=responder, keeper=keeper, keys=keys)
    made.alive()
    return made
