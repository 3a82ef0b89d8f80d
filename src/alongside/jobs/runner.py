"""Does the work in the table: a thread for each lane, and one that shows that they live."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection

from alongside.jobs import queue
from alongside.jobs.models import Job
from alongside.jobs.pulses import beat
from alongside.jobs.specs import JobSpec, Lane, Work
from alongside.kernel.clock import now

PULSE: Final = "runner"
PULSE_SECONDS = 10
_AFTER_AN_OUTAGE_SECONDS = 2

logger = logging.getLogger(__name__)


class Runner:
    """Runs until `stop`. Any number may run at the same time, in any number of processes."""

    def __init__(self, specs: Iterable[JobSpec], *, poll_seconds: float = 0.25) -> None:
        self._specs = {spec.kind: spec for spec in specs}
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._held: dict[Lane, Job] = {}
        self._asked: dict[str, int] = {}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        loops = {f"jobs-{lane}": partial(self._work_through, lane) for lane in Lane} | {"jobs-pulse": self._pulse}
        self._threads = [threading.Thread(target=loop, name=name, daemon=True) for name, loop in loops.items()]
        for thread in self._threads:
            thread.start()

    def stop(self, *, timeout_seconds: float = 1.0) -> None:
        """Let go of what is not finished by then: the next runner does it from its beginning."""
        self._stopping.set()
        deadline = time.monotonic() + timeout_seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        with suppress(DatabaseError, InterfaceError):
            for job in list(self._held.values()):
                queue.give_back(job)

    def run_due(self, lane: Lane = Lane.QUICK) -> int:
        """Do everything that is due now, and return how many jobs that was."""
        self._ask_for_periodic(lane)
        count = 0
        while not self._stopping.is_set() and (job := queue.claim(self._kinds(lane))):
            self._held[lane] = job
            try:
                self._do(job)
            finally:
                del self._held[lane]
            count += 1
        return count

    def _ask_for_periodic(self, lane: Lane) -> None:
        """The key names the hour, day or minute, so that many runners ask for the same one job."""
        for spec in self._specs.values():
            if spec.lane == lane and spec.every:
                turn = int(now().timestamp() // spec.every.total_seconds())
                if self._asked.get(spec.kind) != turn:
                    queue.enqueue(spec.kind, {}, key=f"{spec.kind}@{turn}", due=now() + spec.wait)
                    self._asked[spec.kind] = turn

    def _kinds(self, lane: Lane) -> list[str]:
        """Kinds of another version are left to a runner that knows them."""
        return [kind for kind, spec in self._specs.items() if spec.lane == lane]

    def _do(self, job: Job) -> None:
        spec = self._specs[job.kind]
        if job.attempts > spec.max_attempts:
            error = f"Whatever ran it ended {spec.max_attempts} times without a word"
            queue.fail(job, error=error, max_attempts=spec.max_attempts)
            return
        try:
            spec.run(_work_of(job))
        except Exception as error:  # noqa: BLE001 (a bad job must not stop the ones behind it)
            logger.warning("The job %s %s failed: %s", job.kind, job.pk, _place_of(error))
            queue.fail(job, error=_place_of(error), max_attempts=spec.max_attempts)
        else:
            queue.finish(job)

    def _work_through(self, lane: Lane) -> None:
        self._repeat(partial(self.run_due, lane), every_seconds=self._poll_seconds)

    def _pulse(self) -> None:
        self._repeat(self._show_life, every_seconds=PULSE_SECONDS)

    def _show_life(self) -> None:
        beat(PULSE)
        for job in list(self._held.values()):
            queue.renew(job.pk)

    def _repeat(self, step: Callable[[], object], *, every_seconds: float) -> None:
        """Go on after an outage of the database as if nothing had been."""
        while not self._stopping.is_set():
            wait_seconds = every_seconds
            try:
                close_old_connections()
                step()
            except (OperationalError, InterfaceError) as error:
                logger.warning("The job runner waits for the database: %s", type(error).__name__)
                wait_seconds = _AFTER_AN_OUTAGE_SECONDS
            except Exception as error:  # noqa: BLE001 (a runner that ends would leave every job undone)
                logger.error("The job runner made a mistake and goes on: %s", _place_of(error))  # noqa: TRY400 (no payload)
                wait_seconds = _AFTER_AN_OUTAGE_SECONDS
            self._stopping.wait(wait_seconds)
        connection.close()


def _work_of(job: Job) -> Work:
    return Work(
        job_id=job.pk,
        payload=job.payload,
        attempt=job.attempts,
        report_progress=partial(queue.report_progress, job.pk),
    )


def _place_of(error: Exception) -> str:
    """Kind and place of an error. Not its text, which may quote a record."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
