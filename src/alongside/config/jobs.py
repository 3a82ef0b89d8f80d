"""The one list of jobs."""

from __future__ import annotations

from datetime import timedelta

from alongside.alarms import canary
from alongside.config import copying
from alongside.encounters import retention
from alongside.encounters.importing import steps
from alongside.encounters.texting import waiting
from alongside.jobs.specs import JobSpec, Lane
from alongside.jobs.tidying import forget_done_jobs, refresh_statistics
from alongside.messaging import outbox
from alongside.reports import rolling
from alongside.reports.giving import releasing
from alongside.services.consumption_room.actions import paper
from alongside.sites import signed_in
from alongside.supplies import ordering

JOBS = (
    JobSpec(kind="jobs.forget_done", run=forget_done_jobs, every=timedelta(days=1)),
    JobSpec(kind=signed_in.TIDY_JOB, run=signed_in.forget_sessions, every=timedelta(days=1)),
    JobSpec(kind="jobs.refresh_statistics", run=refresh_statistics, every=timedelta(days=1)),
    JobSpec(
        kind=ordering.JOB,
        run=ordering.renew_every_forecast,
        lane=Lane.SLOW,
        every=timedelta(days=1),
        wait=timedelta(minutes=1),
    ),
    JobSpec(kind=canary.JOB, run=canary.let_canaries_fly, every=timedelta(minutes=10)),
    JobSpec(kind=steps.JOB, run=steps.do_job, lane=Lane.SLOW),
    JobSpec(kind=steps.TIDY_JOB, run=steps.forget_files, every=timedelta(days=1)),
    JobSpec(kind=outbox.JOB, run=outbox.send, max_attempts=12),
    JobSpec(kind=outbox.TIDY_JOB, run=outbox.forget_outgoing, every=timedelta(hours=1)),
    JobSpec(kind=paper.JOB, run=paper.write_sheets, every=timedelta(minutes=1)),
    JobSpec(kind=waiting.TIDY_JOB, run=waiting.forget_texts, every=timedelta(days=1)),
    JobSpec(kind=rolling.JOB, run=rolling.roll_up_programs, lane=Lane.SLOW, every=timedelta(minutes=5)),
    JobSpec(kind=retention.PURGE_JOB, run=retention.do_purge, lane=Lane.SLOW),
    JobSpec(
        kind=retention.JOB,
        run=retention.keep_rules,
        lane=Lane.SLOW,
        every=timedelta(days=1),
        wait=timedelta(minutes=5),
    ),
    JobSpec(
        kind=releasing.JOB,
        run=releasing.release_everywhere,
        lane=Lane.SLOW,
        every=timedelta(days=1),
        wait=timedelta(minutes=5),
    ),
    JobSpec(
        kind=copying.JOB,
        run=copying.refresh_copies,
        lane=Lane.SLOW,
        every=timedelta(hours=1),
        wait=timedelta(minutes=10),
    ),
)
