"""Keeps the copy for analytics current, in a process of its own: what that takes in memory is given back."""

from __future__ import annotations

import subprocess
import sys

from alongside.jobs.specs import Work
from alongside.reports.store.places import is_behind
from alongside.sites.models import Program

JOB = "reports.refresh_copy"


class NotCopied(Exception):
    """The process ended badly; its own message is in the output of `alongside run`."""


def refresh_copies(_work: Work) -> None:
    """The job. It starts no process while there is nothing to copy."""
    for program in Program.objects.all():
        if is_behind(program):
            command = [sys.executable, "-m", "alongside.config.cli", "analytics", "refresh", "--program", program.slug]
            if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:  # noqa: S603 (our own)
                raise NotCopied
