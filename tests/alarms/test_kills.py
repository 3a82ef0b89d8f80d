"""kill -9 of a sender that holds a message, and of each part. tests/faults/test_alarms.py kills all, at random."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest

from alongside.alarms.models import Alarm
from alongside.sites.models import Program
from tests.alarms.processes import Parts, database_url
from tests.alarms.sinks import Sink
from tests.alarms.watching import watch, webhook


@pytest.fixture
def parts() -> Iterator[Parts]:
    made = Parts(url=database_url())
    yield made
    made.stop()


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


@pytest.mark.fault
def test_each_part_that_dies_is_started_again(live_program: Program, sink: Sink, parts: Parts) -> None:
    parts.start()
    first = children(parts, len(parts.parts))
    for each in first:
        each.kill()
    subject = watch(live_program, webhook(live_program, sink.url), in_seconds=0.1, again_seconds=3600)
    wait_until_told(sink, {Alarm.objects.get(subject=subject).pk.hex}, seconds=20)
    assert len(sink.requests) == 1


def children(parts: Parts, count: int) -> list[psutil.Process]:
    """Not the one that watches over them."""
    until = time.monotonic() + 20
    while len(found := parts.all()[1:]) < count and time.monotonic() < until:
        time.sleep(0.02)
    return found


def wait_until_told(sink: Sink, missed: set[str], *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while missed - sink.incidents().keys() and time.monotonic() < until:
        time.sleep(0.05)
