"""Work that waits in the database: done once where all is well, and never lost where it isn't."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from alongside.config.jobs import JOBS
from alongside.jobs import queue
from alongside.jobs.models import Job
from alongside.jobs.pulses import beat, last_beat
from alongside.jobs.runner import PULSE, Runner
from alongside.jobs.specs import JobSpec, Lane, Work
from alongside.kernel.clock import now

KIND = "test.note"


@pytest.fixture
def noted() -> list[Work]:
    return []


@pytest.fixture
def runner(noted: list[Work]) -> Runner:
    return Runner([JobSpec(kind=KIND, run=noted.append)])


def failing(error: Exception) -> Callable[[Work], None]:
    def run(work: Work) -> None:
        raise error

    return run


def let_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_job_is_done_once(runner: Runner, noted: list[Work]) -> None:
    job = queue.enqueue(KIND, {"number": 7})
    assert runner.run_due() == 1
    assert runner.run_due() == 0
    assert [(work.payload, work.attempt) for work in noted] == [({"number": 7}, 1)]
    job.refresh_from_db()
    assert job.done_at
    assert not job.is_open


@pytest.mark.django_db
def test_a_job_waits_until_it_is_due(runner: Runner) -> None:
    queue.enqueue(KIND, {}, due=now() + timedelta(hours=1))
    assert runner.run_due() == 0


@pytest.mark.django_db
def test_the_oldest_comes_first(runner: Runner, noted: list[Work]) -> None:
    for hours in (1, 3, 2):
        queue.enqueue(KIND, {"hours": hours}, due=now() - timedelta(hours=hours))
    runner.run_due()
    assert [work.payload["hours"] for work in noted] == [3, 2, 1]


@pytest.mark.django_db
def test_the_same_key_asks_for_the_same_job(runner: Runner) -> None:
    first = queue.enqueue(KIND, {"n": 1}, key="once")
    second = queue.enqueue(KIND, {"n": 2}, key="once")
    assert first.pk == second.pk
    runner.run_due()
    assert not queue.enqueue(KIND, {"n": 3}, key="once").is_open
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_a_job_is_asked_for_in_the_callers_transaction() -> None:
    with transaction.atomic():
        queue.enqueue(KIND, {})
        transaction.set_rollback(True)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_kinds_that_nobody_here_knows_are_left_alone(runner: Runner) -> None:
    job = queue.enqueue("a.later.version", {})
    assert runner.run_due() == 0
    job.refresh_from_db()
    assert (job.attempts, job.is_open) == (0, True)


@pytest.mark.django_db
def test_a_failing_job_is_tried_later_each_time() -> None:
    secret = ValueError("the code 4711 of a participant")
    runner = Runner([JobSpec(kind=KIND, run=failing(secret), max_attempts=3)])
    job = queue.enqueue(KIND, {})
    waits = []
    for _attempt in range(3):
        Job.objects.update(due=now() - timedelta(seconds=1))
        assert runner.run_due() == 1
        job.refresh_from_db()
        waits.append((job.due - now()).total_seconds())
    assert 1 < waits[0] < waits[1]
    assert job.gave_up_at
    assert job.error.startswith("ValueError in test_jobs.py, line ")
    assert "4711" not in job.error
    assert queue.given_up_jobs().count() == 1
    assert queue.try_again() == 1
    assert runner.run_due() == 1


@pytest.mark.django_db
def test_a_failing_job_stops_none_behind_it(noted: list[Work]) -> None:
    runner = Runner([JobSpec(kind="test.bad", run=failing(ValueError())), JobSpec(kind=KIND, run=noted.append)])
    queue.enqueue("test.bad", {})
    queue.enqueue(KIND, {})
    assert runner.run_due() == 2
    assert len(noted) == 1


@pytest.mark.django_db
def test_a_held_job_is_nobody_elses_until_its_lease_ends(runner: Runner) -> None:
    job = queue.enqueue(KIND, {})
    assert queue.claim([KIND])
    assert queue.claim([KIND]) is None
    let_lease_run_out(job)
    again = queue.claim([KIND])
    assert again
    assert again.attempts == 2


@pytest.mark.django_db
def test_progress_shows_and_keeps_the_lease() -> None:
    job = queue.enqueue(KIND, {})
    queue.claim([KIND])
    let_lease_run_out(job)
    queue.report_progress(job.pk, 30, 100)
    job.refresh_from_db()
    assert (job.steps_done, job.steps_total) == (30, 100)
    assert queue.claim([KIND]) is None


@pytest.mark.django_db
def test_what_ends_its_runner_again_and_again_is_given_up(runner: Runner, noted: list[Work]) -> None:
    job = queue.enqueue(KIND, {})
    Job.objects.update(attempts=8)
    runner.run_due()
    job.refresh_from_db()
    assert job.gave_up_at
    assert not noted


@pytest.mark.django_db
def test_a_runner_that_stops_gives_back_what_it_holds(runner: Runner) -> None:
    queue.enqueue(KIND, {})
    held = queue.claim([KIND])
    assert held
    queue.give_back(held)
    again = queue.claim([KIND])
    assert again
    assert again.attempts == 1


@pytest.mark.django_db
def test_periodic_work_is_asked_for_once_by_all_runners(noted: list[Work]) -> None:
    spec = JobSpec(kind=KIND, run=noted.append, every=timedelta(days=1))
    assert [Runner([spec]).run_due() for _runner in range(3)] == [1, 0, 0]


@pytest.mark.django_db
def test_each_lane_does_its_own(noted: list[Work]) -> None:
    runner = Runner([JobSpec(kind="test.long", run=noted.append, lane=Lane.SLOW)])
    queue.enqueue("test.long", {})
    assert runner.run_due(Lane.QUICK) == 0
    assert runner.run_due(Lane.SLOW) == 1


@pytest.mark.django_db
def test_the_pulse_is_one_row() -> None:
    beat(PULSE)
    first = last_beat(PULSE)
    beat(PULSE)
    assert first
    assert last_beat(PULSE) > first


@pytest.mark.django_db
def test_the_jobs_of_the_program_run() -> None:
    """Each of them once, as the runner would at the first start; none waits here."""
    for lane in Lane:
        Runner([replace(spec, wait=timedelta(0)) for spec in JOBS]).run_due(lane)
    assert not queue.open_jobs().exists()
    assert not queue.given_up_jobs().exists()


@pytest.mark.django_db(transaction=True)
def test_many_runners_share_the_work() -> None:
    done: list[int] = []
    for number in range(60):
        queue.enqueue(KIND, {"number": number})

    def work_through() -> None:
        Runner([JobSpec(kind=KIND, run=lambda work: done.append(work.payload["number"]))]).run_due()
        connection.close()

    threads = [threading.Thread(target=work_through) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(60))


@pytest.mark.django_db(transaction=True)
def test_a_started_runner_works_and_stops() -> None:
    came = threading.Event()
    runner = Runner([JobSpec(kind=KIND, run=lambda work: came.set())], poll_seconds=0.05)
    runner.start()
    queue.enqueue(KIND, {})
    assert came.wait(5)
    runner.stop()
    assert last_beat(PULSE)


KILLED = """
import os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "alongside.config.settings"
from alongside.config import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django; django.setup()
from alongside.jobs.runner import Runner
from alongside.jobs.specs import JobSpec
def die(work):
    os.kill(os.getpid(), signal.SIGKILL)
Runner([JobSpec(kind="test.note", run=die)]).run_due()
"""


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_killed_runner_loses_nothing(runner: Runner, noted: list[Work]) -> None:
    job = queue.enqueue(KIND, {"number": 7})
    name = str(connection.settings_dict["NAME"])
    killed = subprocess.run([sys.executable, "-c", KILLED, name], check=False, capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    assert runner.run_due() == 0, "the lease of the killed runner still stands"
    let_lease_run_out(job)
    assert runner.run_due() == 1
    assert [(work.payload, work.attempt) for work in noted] == [({"number": 7}, 2)]
