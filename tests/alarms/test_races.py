"""Somebody says OK in the very moment in which the alarm goes: one of the two is true, or both with a record."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django_scopes import scopes_disabled

from alongside.alarms.actions import AlreadyRaised, Closed, close_alarm, move_alarm
from alongside.alarms.models import Alarm, Incident
from alongside.alarms.runner import fire_due
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.sites.models import Program
from tests.alarms.watching import KIND, open_store, watch, webhook
from tests.plugins.figures import Figures

ROUNDS = int(os.environ.get("ALARM_RACES", "200"))
"""`make faults` runs 10,000."""
LEAD_SECONDS = 2
APART_SECONDS = 0.015
"""Wide enough for whoever says OK to keep up on a busy computer: if they fell behind, every OK would be late."""


def fire_for(seconds: float) -> None:
    """A runner with a connection of its own."""
    store = open_store()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not fire_due(store, batch=3):
            time.sleep(0.001)
    store.close()


def say_ok(program: Program, subjects: Sequence[tuple[UUID, int]], answers: dict[UUID, object]) -> None:
    """Each within 20 ms of its deadline; every fifth asks for more time instead."""
    with scopes_disabled():
        for position, (subject, due_ms) in enumerate(subjects):
            wait_ms = due_ms + random.uniform(-20, 20) - time.time() * 1000
            time.sleep(max(0, wait_ms / 1000))
            try:
                if position % 5 == 0:
                    answers[subject] = move_alarm(subject, kind=KIND, program_id=program.pk, in_seconds=600)
                else:
                    answers[subject] = close_alarm(subject, kind=KIND, program_id=program.pk, by_id=None)
            except AlreadyRaised as refusal:
                answers[subject] = refusal
    connection.close()


def race(program: Program, hook: Target, *, rounds: int, runners: int = 2) -> Counter[str]:
    """How it went, by what the person was told and what the tables say."""
    subjects = [(watch(program, hook, in_seconds=LEAD_SECONDS + number * APART_SECONDS), 0) for number in range(rounds)]
    due = dict(Alarm._base_manager.filter(program=program).values_list("subject", "due_ms"))
    timed = [(subject, due[subject]) for subject, _due in subjects]
    answers: dict[UUID, object] = {}
    threads = [
        threading.Thread(target=fire_for, args=(LEAD_SECONDS + 1.5 + rounds * APART_SECONDS,))
        for _each in range(runners)
    ]
    threads += [threading.Thread(target=say_ok, args=(program, timed[half::2], answers)) for half in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(_ending(subject, answers[subject]) for subject, _due in subjects)


def _ending(subject: UUID, answer: object) -> str:
    alarm = Alarm._base_manager.get(kind=KIND, subject=subject)
    incident = Incident._base_manager.filter(pk=alarm.pk).first()
    was_told = Dispatch._base_manager.filter(incident=alarm.pk).exists()
    assert (incident is not None) == was_told, "told without an incident, or an incident that nobody was told of"
    if answer is Closed.LATE:
        assert incident is not None
        assert incident.late_ok_ms is not None
        return "late"
    if isinstance(answer, AlreadyRaised):
        assert incident is not None
        return "too late to move"
    assert incident is None, "the person was told that all is well, and others that it is not"
    return "closed" if answer is Closed.ON_TIME else "moved"


def test_at_the_deadline_it_is_either_closed_or_raised(live_program: Program, figures: Figures) -> None:
    endings = race(live_program, webhook(live_program, "http://127.0.0.1:9/"), rounds=ROUNDS)
    figures.add("alarms.races.wrong", ROUNDS - endings.total(), "rounds", target=0)
    for ending, count in sorted(endings.items()):
        figures.add(f"alarms.races.{ending.replace(' ', '_')}", count, "rounds")
    assert sum(endings.values()) == ROUNDS
    assert endings["late"]
    assert endings["closed"]


def test_four_runners_make_one_incident_and_one_message_each(live_program: Program) -> None:
    hook = webhook(live_program, "http://127.0.0.1:9/")
    for _each in range(100):
        watch(live_program, hook, again_seconds=3600)
    runners = [threading.Thread(target=fire_for, args=(1.0,)) for _each in range(4)]
    for thread in runners:
        thread.start()
    for thread in runners:
        thread.join()
    assert Incident.objects.count() == Dispatch.objects.count() == 100
    assert set(Alarm.objects.values_list("step", flat=True)) == {1}
