"""What the runner does for the database itself."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from alongside.jobs.models import Job
from alongside.jobs.specs import Work
from alongside.kernel.clock import now

KEPT = timedelta(days=7)


def forget_done_jobs(_work: Work) -> None:
    """Jobs that were given up stay until a person has looked at them."""
    Job.objects.filter(done_at__lt=now() - KEPT).delete()


def refresh_statistics(_work: Work) -> None:
    """Let SQLite count its rows again, so that it keeps choosing the right index. PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA optimize = 0x10002")
