"""What is due is raised once, whole, with its messages and its next deadline; and never before its time."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from alongside.alarms.actions import AlreadyRaised, Closed, close_alarm, move_alarm, set_alarm
from alongside.alarms.incidents import take_incident
from alongside.alarms.models import Alarm, Incident, IncidentEvent
from alongside.alarms.queries import deadlines, incident_of
from alongside.alarms.runner import fire_due
from alongside.alarms.stages import Stage
from alongside.alarms.wording import MOST_LETTERS, found_late, said
from alongside.jobs import database_clock
from alongside.jobs.django_store import DjangoStore
from alongside.kernel.ids import uuid7
from alongside.messaging.alerting.models import Dispatch, Target
from alongside.sites.models import Program
from tests.alarms.watching import KIND, watch, webhook
from tests.programs import make_member

HOUR_MS = 3_600_000


@pytest.fixture
def hook(program: Program) -> Target:
    return webhook(program, "http://127.0.0.1:9/in")


def fire_at(moment_ms: int) -> int:
    with database_clock.set_to(moment_ms):
        return fire_due(DjangoStore())


def alarm() -> Alarm:
    return Alarm.objects.get()


def test_before_the_deadline_nothing_happens_and_at_it_everything(program: Program, hook: Target) -> None:
    subject = watch(program, hook, in_seconds=60)
    due_ms = deadlines(KIND, [subject])[subject]
    assert fire_at(due_ms - 1) == 0
    assert not Incident.objects.exists()
    assert fire_at(due_ms) == 1
    incident = incident_of(subject, kind=KIND)
    assert incident is not None
    assert incident.late_ms == 0
    assert (alarm().state, alarm().step, alarm().next_ms) == ("raised", 1, due_ms + 2000)
    assert [(each.incident, each.target) for each in Dispatch.objects.select_related("target")] == [(incident.pk, hook)]


def test_one_that_is_due_does_not_bring_the_next_along(program: Program, hook: Target) -> None:
    watch(program, hook)
    watch(program, hook, in_seconds=0.5)
    assert fire_at(min(Alarm.objects.values_list("due_ms", flat=True))) == 1
    assert Incident.objects.count() == 1


def test_every_stage_comes_and_the_last_again_and_again(program: Program, hook: Target) -> None:
    watch(program, hook)
    due_ms = alarm().due_ms
    told = [moment for moment in range(due_ms, due_ms + 300_000, 1000) if fire_at(moment)]
    assert [moment - due_ms for moment in told] == [0, 2000, 122_000, 242_000]
    assert Dispatch.objects.count() == 4
    assert Incident.objects.count() == 1


def test_found_late_it_says_how_late_and_skips_no_stage(program: Program, hook: Target) -> None:
    subject = watch(program, hook)
    moment = alarm().due_ms + HOUR_MS
    assert [fire_at(moment), fire_at(moment), fire_at(moment)] == [1, 1, 0]
    found = incident_of(subject, kind=KIND)
    assert found is not None
    assert found.late_ms == HOUR_MS
    words = [each.words for each in Dispatch.objects.order_by("made_ms", "pk")]
    assert sorted(words) == [f"Found 1:00:00 late. {found.words}", found.words]


def test_an_outage_is_worked_through_from_the_longest_wait_on(program: Program, hook: Target) -> None:
    subjects = [watch(program, hook, in_seconds=seconds, again_seconds=36_000) for seconds in (300, 100, 200)]
    due = deadlines(KIND, subjects)
    raised = []
    with database_clock.set_to(max(due.values()) + HOUR_MS):
        for _each in subjects:
            assert fire_due(DjangoStore(), batch=1) == 1
            raised += [subject for subject in subjects if incident_of(subject, kind=KIND) and subject not in raised]
    assert raised == sorted(subjects, key=due.__getitem__)


def test_however_long_the_words_a_late_message_ends_in_its_code() -> None:
    words = "Long " * 57 + "(ABCD-1234)"
    found = found_late(words, HOUR_MS, "es")
    assert len(found) == MOST_LETTERS
    assert found.endswith(" (ABCD-1234)")
    assert found.startswith(said("Found %(time)s late.", "es") % {"time": "1:00:00"})


def test_closed_in_time_nobody_is_told(program: Program, hook: Target) -> None:
    subject = watch(program, hook, in_seconds=60)
    due_ms = alarm().due_ms
    assert close_alarm(subject, kind=KIND, program_id=program.pk, by_id=None) is Closed.ON_TIME
    assert close_alarm(subject, kind=KIND, program_id=program.pk, by_id=None) is Closed.NOTHING
    assert fire_at(due_ms) == 0


def test_a_late_ok_stops_what_follows_and_erases_nothing(program: Program, hook: Target) -> None:
    subject = watch(program, hook)
    due_ms = alarm().due_ms
    fire_at(due_ms)
    assert close_alarm(subject, kind=KIND, program_id=program.pk, by_id=None) is Closed.LATE
    assert fire_at(due_ms + HOUR_MS) == 0
    found = incident_of(subject, kind=KIND)
    assert found is not None
    assert found.late_ok_ms is not None
    assert found.closed_ms is None
    assert [event.action for event in IncidentEvent.objects.order_by("pk")] == ["raised", "late_ok"]


def test_a_deadline_moves_until_it_has_passed(program: Program, hook: Target) -> None:
    subject = watch(program, hook, in_seconds=60)
    moved_ms = move_alarm(subject, kind=KIND, program_id=program.pk, in_seconds=600)
    assert fire_at(moved_ms - 1) == 0
    assert fire_at(moved_ms) == 1
    with pytest.raises(AlreadyRaised):
        move_alarm(subject, kind=KIND, program_id=program.pk, in_seconds=600)
    with pytest.raises(AlreadyRaised):
        watch_again(program, subject, hook)


def watch_again(program: Program, subject: object, hook: Target) -> None:
    stages = [Stage(after_seconds=0, target_ids=(hook.pk,))]
    set_alarm(
        subject,  # type: ignore[arg-type]
        kind=KIND,
        program_id=program.pk,
        site_id=None,
        in_seconds=5,
        stages=stages,
        words="x",
    )


def test_another_program_can_not_close_it(program: Program, hook: Target) -> None:
    subject = watch(program, hook)
    assert close_alarm(subject, kind=KIND, program_id=program.pk + 1, by_id=None) is Closed.NOTHING
    assert alarm().state == "waiting"


def test_what_the_caller_takes_back_was_never_set(program: Program, hook: Target) -> None:
    with transaction.atomic():
        watch(program, hook)
        transaction.set_rollback(True)
    assert not Alarm.objects.exists()


def test_nothing_is_advanced_without_its_messages(
    program: Program, hook: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step, its incident, its messages and the next deadline are one transaction: fail any and none is there."""
    watch(program, hook)
    for name in ("_tell", "_note", "_set_next"):
        with monkeypatch.context() as patch:
            patch.setattr(f"alongside.alarms.runner.{name}", _fails)
            with pytest.raises(ZeroDivisionError):
                fire_due(DjangoStore())
        assert (alarm().state, alarm().step) == ("waiting", 0)
        assert not Incident.objects.exists()
        assert not Dispatch.objects.exists()
    assert fire_due(DjangoStore()) == 1


def _fails(*_arguments: object) -> None:
    raise ZeroDivisionError


def test_many_at_once_in_batches(program: Program, hook: Target) -> None:
    for _each in range(7):
        watch(program, hook)
    moment = max(Alarm.objects.values_list("due_ms", flat=True))
    with database_clock.set_to(moment):
        assert [fire_due(DjangoStore(), batch=3) for _round in range(4)] == [3, 3, 1, 0]
    assert Incident.objects.count() == Dispatch.objects.count() == 7


@pytest.mark.parametrize("shift_ms", [HOUR_MS, -HOUR_MS], ids=["forward", "back"])
def test_this_computers_clock_does_not_matter(
    program: Program, hook: Target, shift_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + shift_ms / 1000)
    watch(program, hook, in_seconds=30)
    assert fire_due(DjangoStore()) == 0
    assert fire_at(alarm().due_ms) == 1


@pytest.mark.parametrize(
    "night_ms",
    [1_774_746_000_000, 1_792_890_000_000, 1_835_481_600_000],
    ids=["spring forward", "fall back", "leap day"],
)
def test_no_night_moves_a_deadline(program: Program, hook: Target, night_ms: int) -> None:
    with database_clock.set_to(night_ms - 30_000):
        watch(program, hook, in_seconds=7200)
    assert fire_at(night_ms + 7_169_999) == 0
    assert fire_at(night_ms + 7_170_000) == 1


def test_the_story_only_grows(program: Program, hook: Target) -> None:
    watch(program, hook)
    fire_at(alarm().due_ms)
    with pytest.raises(Exception, match="only grows"), transaction.atomic():
        IncidentEvent.objects.update(action="never happened")


def test_there_can_not_be_two_for_one_subject(program: Program, hook: Target) -> None:
    watch(program, hook)
    one = alarm()
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.create(program=program, kind=KIND, subject=one.subject, set_ms=0, due_ms=0, next_ms=0, stages="")


def test_an_alarm_with_stages_that_nobody_can_read_is_raised_all_the_same(program: Program, hook: Target) -> None:
    watch(program, hook)
    Alarm.objects.update(stages="[[")
    assert fire_at(alarm().due_ms) == 1
    assert Incident.objects.exists()
    Alarm.objects.update(state="closed", next_ms=None)


def test_words_that_are_too_long_still_carry_the_code(program: Program, hook: Target) -> None:
    subject = uuid7()
    stages = [Stage(after_seconds=0, target_ids=(hook.pk,))]
    set_alarm(subject, kind=KIND, program_id=program.pk, site_id=None, in_seconds=0, stages=stages, words="long " * 100)
    fire_at(alarm().due_ms)
    incident = Incident.objects.get()
    assert len(incident.words) == 300
    assert incident.code in incident.words


def test_every_telling_is_a_message_of_its_own(program: Program, hook: Target) -> None:
    """Also after somebody had taken it and fell silent: a message that looks like an earlier one would not be sent."""
    watch(program, hook)
    incident_id = alarm().pk
    told = 0
    moment = alarm().due_ms
    for _round in range(6):
        told += fire_at(moment)
        with database_clock.set_to(moment):
            take_incident(incident_id, program_id=program.pk, by_id=make_member(program).pk)
        moment = alarm().next_ms or 0
    assert told == Dispatch.objects.count() == 6
