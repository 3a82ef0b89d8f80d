"""Putting work into the table, and taking it out so that no two runners hold the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from alongside.jobs.models import Job
from alongside.kernel.clock import now

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(hours=1)


def enqueue(kind: str, payload: Mapping[str, Any], *, due: datetime | None = None, key: str | None = None) -> Job:
    """Ask for work, in the caller's transaction: it happens if and only if the rest is kept.

    A second call with the same `key` changes nothing and returns the first job, finished or not.
    """
    job = Job(kind=kind, payload=dict(payload), due=due or now(), key=key)
    Job.objects.bulk_create([job], ignore_conflicts=key is not None)
    return job if key is None else Job.objects.get(key=key)


def open_jobs(kinds: Collection[str] | None = None) -> QuerySet[Job]:
    jobs = Job.objects.filter(done_at=None, gave_up_at=None)
    return jobs if kinds is None else jobs.filter(kind__in=kinds)


def given_up_jobs() -> QuerySet[Job]:
    return Job.objects.exclude(gave_up_at=None)


def claim(kinds: Collection[str]) -> Job | None:
    """Take the job that is due longest, alone and for one lease, or None. Counts as an attempt."""
    moment = now()
    free = Q(lease_until=None) | Q(lease_until__lt=moment)
    candidates = open_jobs(kinds).filter(free, due__lte=moment).order_by("due")
    if not candidates.exists():  # Looking costs nothing; taking makes SQLite's other writers wait.
        return None
    return next(iter(Job.objects.raw(*_take_first(candidates, moment + LEASE))), None)


def _take_first(candidates: QuerySet[Job], lease_until: datetime) -> tuple[str, list[Any]]:
    """One statement, so that a runner killed anywhere near here leaves either a lease or nothing."""
    chosen, parameters = candidates.values("pk")[:1].query.sql_with_params()
    alone = connection.features.has_select_for_update_skip_locked and connection.ops.for_update_sql(skip_locked=True)
    lease = connection.ops.adapt_datetimefield_value(lease_until)
    taking = "UPDATE jobs_job SET lease_until = %s, attempts = attempts + 1"
    return f"{taking} WHERE id = ({chosen} {alone or ''}) RETURNING *", [lease, *parameters]


def renew(job_id: UUID) -> None:
    open_jobs().filter(pk=job_id).update(lease_until=now() + LEASE)


def report_progress(job_id: UUID, steps_done: int, steps_total: int) -> None:
    open_jobs().filter(pk=job_id).update(steps_done=steps_done, steps_total=steps_total, lease_until=now() + LEASE)


def finish(job: Job) -> None:
    open_jobs().filter(pk=job.pk).update(done_at=now(), lease_until=None, error="")


def give_back(job: Job) -> None:
    """For a runner that has to stop: somebody else may start at once, and the attempt does not count."""
    open_jobs().filter(pk=job.pk).update(lease_until=None, attempts=job.attempts - 1)


def fail(job: Job, *, error: str, max_attempts: int) -> None:
    """Try again later, each time twice as late, until `max_attempts`; then leave it for a person."""
    if job.attempts >= max_attempts:
        open_jobs().filter(pk=job.pk).update(gave_up_at=now(), lease_until=None, error=error)
        return
    wait = min(_FIRST_WAIT * 2 ** (job.attempts - 1), _LONGEST_WAIT)
    open_jobs().filter(pk=job.pk).update(due=now() + wait, lease_until=None, error=error)


def try_again() -> int:
    """For when a person has mended what was wrong: how many jobs that had been given up start over."""
    return given_up_jobs().update(gave_up_at=None, due=now(), attempts=0)
