"""`alongside doctor`."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--retry", is_flag=True, help="Also start over the jobs that failed for good.")
def doctor(*, retry: bool) -> None:
    """Say in plain words what is wrong and how to put it right."""
    from alongside.config import doctor as checks

    findings = []
    for finding in checks.everything():
        click.echo(checks.as_text(finding))
        findings.append(finding)
    problems = sum(finding.is_problem for finding in findings)
    if retry:
        _start_over()
    click.echo(f"\n{problems} to mend." if problems else "\nAll is well.")
    sys.exit(1 if problems else 0)


def _start_over() -> None:
    from alongside.jobs.queue import try_again

    click.echo(f"{try_again()} jobs start over.")
