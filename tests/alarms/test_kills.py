"""kill -9 at random moments: no check-in that was not answered is lost. Duplicates carry the same incident."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from uuid import UUID

import pytest

from alongside.alarms.actions import Closed, close_alarm
from alongside.alarms.models import Alarm
from alongside.sites.models import Program
from tests.alarms.processes import Parts, database_url
from tests.alarms.sinks import Sink
from tests.alarms.watching import KIND, broken, watch, webhook

KILLS = int(os.environ.get("ALARM_KILLS", "25"))
"""`make faults` kills 200 times, over 2,000 check-ins."""
CHECK_INS = KILLS * 8 if KILLS <= 25 else KILLS * 10
SECONDS = KILLS / 5


@pytest.fixture
def parts() -> Iterator[Parts]:
    made = Parts(url=database_url())
    yield made
    made.stop()


@pytest.mark.fault
@pytest.mark.parametrize("computers", [1, 4] if KILLS > 25 else [2])
def test_no_alarm_is_lost(live_program: Program, sink: Sink, parts: Parts, computers: int) -> None:
    chance = random.Random(20261122)
    hook = webhook(live_program, sink.url)
    sink.wait_seconds = 0.03  # so that a sender which dies holds something
    for _each in range(computers):
        parts.start()
    # Told once only: a message that is lost stays lost.
    subjects = [
        watch(live_program, hook, in_seconds=chance.uniform(0.5, SECONDS), again_seconds=3600)
        for _each in range(CHECK_INS)
    ]
    answered = answer_some(live_program, subjects[::4], parts, chance)
    for _kill in range(KILLS - -(-len(answered) // 10)):
        parts.kill_one(chance)
    missed = {alarm.hex for alarm in unanswered(answered)}
    wait_until_told(sink, missed, seconds=20 + SECONDS)
    told = sink.incidents()
    assert not missed - told.keys(), "lost"
    assert not {alarm.hex for alarm in kept(answered)} & told.keys(), "somebody who answered in time was not believed"
    assert not broken() & {"unclaimed", "no_incident", "told_nobody"}


@pytest.mark.fault
def test_what_a_killed_sender_held_is_sent_again(live_program: Program, sink: Sink, parts: Parts) -> None:
    sink.wait_seconds = 1
    subject = watch(live_program, webhook(live_program, sink.url), in_seconds=0.1, again_seconds=3600)
    parts.start()
    until = time.monotonic() + 20
    while not sink.arrived and time.monotonic() < until:
        time.sleep(0.01)
    for process in parts.all():
        process.kill()
    assert sink.arrived == 1
    assert not sink.requests
    sink.wait_seconds = 0
    parts.start()
    wait_until_told(sink, {Alarm.objects.get(subject=subject).pk.hex}, seconds=20)
    assert len(sink.requests) == 1


def answer_some(program: Program, subjects: list[UUID], parts: Parts, chance: random.Random) -> dict[UUID, Closed]:
    """While processes die; some come too late."""
    answered = {}
    for number, subject in enumerate(subjects):
        answered[subject] = close_alarm(subject, kind=KIND, program_id=program.pk, by_id=None)
        if number % 10 == 0:
            parts.kill_one(chance)
    return answered


def unanswered(answered: dict[UUID, Closed]) -> list[UUID]:
    in_time = [subject for subject, how in answered.items() if how is Closed.ON_TIME]
    return list(Alarm.objects.exclude(subject__in=in_time).values_list("pk", flat=True))


def kept(answered: dict[UUID, Closed]) -> list[UUID]:
    in_time = [subject for subject, how in answered.items() if how is Closed.ON_TIME]
    return list(Alarm.objects.filter(subject__in=in_time).values_list("pk", flat=True))


def wait_until_told(sink: Sink, missed: set[str], *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while missed - sink.incidents().keys() and time.monotonic() < until:
        time.sleep(0.05)
