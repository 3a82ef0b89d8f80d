"""Long steps are jobs: closing the page loses nothing, and a dead runner stops nobody."""

from __future__ import annotations

import pytest
from django.test import Client
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.config.jobs import JOBS
from alongside.encounters.importing import actions, files, steps
from alongside.encounters.importing.models import Import
from alongside.encounters.models import Encounter
from alongside.jobs.models import Job
from alongside.jobs.pulses import beat
from alongside.jobs.runner import PULSE, Runner
from alongside.jobs.specs import Lane
from alongside.kernel.clock import now
from tests.importing.sheets import csv_of, program_with_sender, taken
from tests.importing.test_importing import MAPPING, lines
from tests.programs import make_member, signed_in

pytestmark = pytest.mark.django_db


def long_file() -> bytes:
    return lines(*(["2020-01-02", "Van", number % 90 + 1, ""] for number in range(steps.AT_ONCE_LINES + 100)))


def test_a_long_step_is_left_to_the_runner_and_the_page_shows_how_far_it_is(client: Client) -> None:
    with program_with_sender() as sender:
        found = taken(long_file(), MAPPING, sender)
        actions.check(found, sender=sender)
        beat(PULSE)
        steps.start(steps.Step.BRING_IN, found, sender=sender)
        assert (found.state, Encounter.objects.count()) == (Import.State.RUNNING, 0)
    desk = signed_in(client, make_member(sender.program, Role.COORDINATOR))
    page = desk.get(f"/import/{found.pk}/").content.decode()
    assert "Importing the lines" in page
    assert "<progress" in page
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert Runner(JOBS).run_due(Lane.SLOW) >= 1
    with scope(program=sender.program):
        assert Encounter.objects.count() == steps.AT_ONCE_LINES + 100
        assert Import.objects.get().state == Import.State.DONE
    assert "It counts in every report" in desk.get(f"/import/{found.pk}/").content.decode()


def test_a_job_that_comes_twice_does_nothing_the_second_time() -> None:
    with program_with_sender() as sender:
        found = taken(long_file(), MAPPING, sender)
        actions.check(found, sender=sender)
        beat(PULSE)
        steps.start(steps.Step.BRING_IN, found, sender=sender)
        job = Job.objects.get(kind=steps.JOB)
        Runner(JOBS).run_due(Lane.SLOW)
        Job.objects.filter(pk=job.pk).update(done_at=None)
        Runner(JOBS).run_due(Lane.SLOW)
        assert Import.objects.get().counts == {"accepted": steps.AT_ONCE_LINES + 100}


def test_without_a_runner_the_step_is_done_at_once() -> None:
    with program_with_sender() as sender:
        found = taken(long_file(), MAPPING, sender)
        steps.start(steps.Step.CHECK, found, sender=sender)
        steps.start(steps.Step.BRING_IN, found, sender=sender)
        assert Import.objects.get().state == Import.State.DONE


def test_a_step_that_can_not_be_done_is_told_and_the_import_goes_back() -> None:
    with program_with_sender() as sender:
        found = taken(csv_of([["Date", "Site"], ["2020-01-02", "Van"]]), MAPPING, sender)
        steps.start(steps.Step.CHECK, found, sender=sender)
        found.refresh_from_db()
        assert found.state == Import.State.WAITING
        assert "columns that this sheet does not have" in found.trouble
        actions.match_columns(found, MAPPING, save_as="", sender=sender)
        files.forget(found.pk)
        steps.start(steps.Step.CHECK, found, sender=sender)
        found.refresh_from_db()
        assert "no longer here" in found.trouble


def test_files_that_nobody_imports_are_forgotten_after_a_week() -> None:
    import os

    with program_with_sender() as sender:
        old, new = (taken(lines(["2020-01-02", "Van", 1, ""]), MAPPING, sender) for _ in range(2))
        Import.objects.filter(pk=old.pk).update(at=now() - files.KEPT * 2)
        long_ago = (now() - files.KEPT * 2).timestamp()
        os.utime(files.waiting_file(old.pk), (long_ago, long_ago))
        Job.objects.all().delete()
        Runner([spec for spec in JOBS if spec.kind == steps.TIDY_JOB]).run_due()
        assert list(Import.objects.values_list("pk", flat=True)) == [new.pk]
        assert not files.waiting_file(old.pk).exists()
        assert files.waiting_file(new.pk).exists()
