"""Whatever people, clocks and runners do in whatever order, the alarm's tables hold what has to hold.

A model keeps, in plain Python, what must be true of each deadline; every step is compared with it. The clock is the
database's, and it may be set wrong by an hour in either direction (property 8); everything else is the real code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from alongside.accounts.models import User
from alongside.alarms import incidents
from alongside.alarms.actions import AlreadyRaised, Closed, close_alarm, move_alarm
from alongside.alarms.models import Alarm, Incident, IncidentEvent
from alongside.alarms.runner import fire_due
from alongside.jobs import database_clock
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.errors import Refusal
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.sites.models import Program
from tests.alarms.watching import KIND, broken, watch, webhook
from tests.programs import make_member

EXAMPLES = 200 if os.environ.get("FIGURES") else 15
BEGIN_MS = 1_800_000_000_000
SECOND_STAGE_MS = 2_000
REPEAT_MS = 120_000
OWNER_MS = 300_000


@dataclass
class Deadline:
    """What has to be true of one alarm."""

    due_ms: int
    next_ms: int | None
    state: str = "waiting"
    told: int = 0
    raised_ms: int | None = None
    owner: int | None = None
    is_late_ok: bool = False
    has_ended: bool = False
    story: list[str] = field(default_factory=list)

    def tell(self, now_ms: int) -> None:
        actions = {"waiting": "raised", "raised": "told_again", "owned": "owner_silent"}
        self.story.append(actions[self.state])
        if self.state == "waiting":
            self.raised_ms = now_ms
        self.next_ms = now_ms + REPEAT_MS if self.told else self.due_ms + SECOND_STAGE_MS
        self.state, self.told, self.owner = "raised", self.told + 1, None


class AnyOrder(RuleBasedStateMachine):
    """One program, two responders, and any number of people who check in."""

    program: ClassVar[Program]
    hook: ClassVar[Target]
    responders: ClassVar[list[User]]
    subjects = Bundle("subjects")

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = BEGIN_MS
        self.model: dict[UUID, Deadline] = {}
        self._all = transaction.atomic()
        self._all.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._all.__exit__(None, None, None)

    @contextmanager
    def now(self) -> Iterator[None]:
        with database_clock.set_to(self.now_ms), transaction.atomic():
            yield

    @rule(target=subjects, seconds=st.integers(0, 300))
    def start(self, seconds: int) -> UUID:
        with self.now():
            subject = watch(self.program, self.hook, in_seconds=seconds)
        due_ms = self.now_ms + seconds * 1000
        self.model[subject] = Deadline(due_ms=due_ms, next_ms=due_ms)
        return subject

    @rule(subject=subjects, seconds=st.integers(1, 300))
    def ask_for_more_time(self, subject: UUID, seconds: int) -> None:
        known = self.model[subject]
        if known.state != "waiting":
            with pytest.raises(AlreadyRaised), self.now():
                move_alarm(subject, kind=KIND, program_id=self.program.pk, in_seconds=seconds)
            return
        with self.now():
            due_ms = move_alarm(subject, kind=KIND, program_id=self.program.pk, in_seconds=seconds)
        assert due_ms == self.now_ms + seconds * 1000
        known.due_ms = known.next_ms = due_ms

    @rule(subject=subjects)
    def say_ok(self, subject: UUID) -> None:
        known = self.model[subject]
        with self.now():
            closed = close_alarm(subject, kind=KIND, program_id=self.program.pk, by_id=None)
        if known.state == "closed":
            assert closed is Closed.NOTHING
            return
        assert closed is (Closed.LATE if known.told else Closed.ON_TIME)
        if known.told:
            known.is_late_ok = True
            known.story.append("late_ok")
        known.state, known.next_ms = "closed", None

    @rule(seconds=st.integers(0, 400))
    def time_passes(self, seconds: int) -> None:
        self.now_ms += seconds * 1000

    @rule(step_ms=st.sampled_from([-3_600_000, -30_000, -1_500, 1_500, 30_000, 3_600_000]))
    def somebody_sets_the_clock(self, step_ms: int) -> None:
        self.now_ms += step_ms

    @rule()
    def a_runner_looks(self) -> None:
        due = [known for known in self.model.values() if known.next_ms is not None and known.next_ms <= self.now_ms]
        with self.now():
            assert fire_due(DjangoStore()) == len(due)
        for known in due:
            known.tell(self.now_ms)

    @rule(subject=subjects, which=st.integers(0, 1))
    def somebody_takes_it(self, subject: UUID, which: int) -> None:
        """Also over from a colleague, and again as a sign of life."""
        known, by_id = self.model[subject], self.responders[which].pk
        if known.raised_ms is None or known.has_ended:
            with pytest.raises(Refusal), self.now():
                incidents.take_incident(self._id(subject), program_id=self.program.pk, by_id=by_id)
            return
        with self.now():
            incidents.take_incident(self._id(subject), program_id=self.program.pk, by_id=by_id)
        known.story.append("still_on_it" if known.owner == by_id else "taken")
        known.owner = by_id
        self._rest(known)

    @rule(subject=subjects)
    def its_owner_writes_something(self, subject: UUID) -> None:
        known = self.model[subject]
        if known.owner is None or known.has_ended:
            return
        with self.now():
            incidents.add_note(self._id(subject), "At the door.", program_id=self.program.pk, by_id=known.owner)
        known.story.append("note")
        self._rest(known)

    @rule(subject=subjects)
    def somebody_ends_it(self, subject: UUID) -> None:
        known = self.model[subject]
        if known.raised_ms is None or known.has_ended:
            return
        with self.now():
            incidents.end_incident(
                self._id(subject), "unknown", program_id=self.program.pk, by_id=self.responders[0].pk
            )
        known.story.append("ended_unknown")
        known.has_ended, known.state, known.next_ms = True, "closed", None

    def _rest(self, known: Deadline) -> None:
        if known.state != "closed":
            known.state, known.next_ms = "owned", self.now_ms + OWNER_MS

    def _id(self, subject: UUID) -> UUID:
        pk: UUID = Alarm.objects.get(subject=subject).pk
        return pk

    @invariant()
    def the_alarms_are_as_they_should_be(self) -> None:
        rows = Alarm.objects.values_list("subject", "state", "step", "due_ms", "next_ms")
        assert {row[0]: row[1:] for row in rows} == {
            subject: (known.state, known.told, known.due_ms, known.next_ms) for subject, known in self.model.items()
        }

    @invariant()
    def each_that_was_raised_has_one_incident(self) -> None:
        rows = Incident.objects.values_list("subject", "raised_ms", "owner", "late_ok_ms", "closed_ms")
        found = {
            subject: (raised_ms, owner, late is not None, end is not None)
            for subject, raised_ms, owner, late, end in rows
        }
        assert found == {
            subject: (known.raised_ms, known.owner, known.is_late_ok, known.has_ended)
            for subject, known in self.model.items()
            if known.raised_ms is not None
        }
        assert all(each.raised_ms >= each.due_ms for each in Incident.objects.all()), "told before its time"

    @invariant()
    def every_telling_is_one_message(self) -> None:
        assert Dispatch.objects.count() == sum(known.told for known in self.model.values())
        assert not broken() & {"no_incident", "told_nobody"}

    @invariant()
    def the_story_says_all_of_it(self) -> None:
        said: dict[UUID, list[str]] = {}
        for subject, action in IncidentEvent.objects.order_by("pk").values_list("incident__subject", "action"):
            said.setdefault(subject, []).append(action)
        assert said == {subject: known.story for subject, known in self.model.items() if known.story}


def test_whatever_happens_in_whatever_order(program: Program) -> None:
    AnyOrder.program, AnyOrder.hook = program, webhook(program, "http://127.0.0.1:9/")
    AnyOrder.responders = [make_member(program), make_member(program)]
    how = settings(
        max_examples=EXAMPLES,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(AnyOrder, settings=how)
