"""The doctor finds what is wrong, and says what to do about it."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from alongside.config import doctor, keys, paths
from alongside.config.cli import main
from alongside.config.doctor import Finding, Weight
from alongside.config.marks import agree_on_shared_keys
from alongside.config.moving.backup import PULSE as BACKUP
from alongside.jobs import queue
from alongside.jobs.models import Job, Mark, Pulse
from alongside.jobs.pulses import beat
from alongside.jobs.runner import PULSE as RUNNER
from alongside.kernel.clock import now

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ALONGSIDE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ALONGSIDE_KEYS", raising=False)
    return tmp_path / "home"


def assert_helpful(finding: Finding, weight: Weight) -> None:
    assert finding.weight is weight, finding
    assert finding.sentence
    assert bool(finding.remedy) == (weight is not Weight.FINE)


@pytest.mark.once
def test_a_new_home_is_fine(home: Path) -> None:
    for finding in doctor.before_start():
        assert_helpful(finding, Weight.FINE)


@pytest.mark.once
@pytest.mark.parametrize(("free", "weight"), [(10**7, Weight.PROBLEM), (10**9, Weight.ADVICE), (10**11, Weight.FINE)])
def test_disk_space(home: Path, monkeypatch: pytest.MonkeyPatch, free: int, weight: Weight) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(10**12, 0, free))
    assert_helpful(doctor.disk_space(), weight)


@pytest.mark.once
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_is_not_ours(home: Path) -> None:
    home.mkdir(mode=0o500)
    assert_helpful(doctor.home_folder(), Weight.PROBLEM)


@pytest.mark.once
def test_a_home_that_is_a_file(home: Path) -> None:
    home.write_text("")
    assert_helpful(doctor.home_folder(), Weight.PROBLEM)


def open_to_others(place: Path) -> None:
    place.chmod(0o644)


def damaged(place: Path) -> None:
    place.write_text("oh no")


@pytest.mark.once
@pytest.mark.parametrize("happened", [open_to_others, damaged])
def test_key_files(home: Path, happened: Callable[[Path], None]) -> None:
    keys.database_key()
    assert_helpful(doctor.key_files(), Weight.FINE)
    happened(keys.key_file(keys.CODES))
    assert_helpful(doctor.key_files(), Weight.PROBLEM)


@pytest.mark.once
def test_a_clock_that_fell_back(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = now() - timedelta(days=4000)
    monkeypatch.setattr(doctor, "now", lambda: moment)
    assert_helpful(doctor.clock(), Weight.PROBLEM)


@pytest.mark.django_db
def test_a_healthy_database() -> None:
    agree_on_shared_keys()
    beat(RUNNER)
    beat(BACKUP)
    for check in (doctor.database, doctor.tables, doctor.shared_keys, doctor.runner, doctor.jobs, doctor.backups):
        assert_helpful(check(), Weight.FINE)


@pytest.mark.django_db(transaction=True)
def test_a_whole_file() -> None:
    assert_helpful(doctor.integrity(), Weight.FINE)


@pytest.mark.django_db
def test_another_computers_key_of_the_codes() -> None:
    agree_on_shared_keys()
    Mark.objects.update(value="00" * 32)
    assert_helpful(doctor.shared_keys(), Weight.PROBLEM)


@pytest.mark.django_db
def test_a_missing_key_of_the_codes(home: Path) -> None:
    Mark.objects.create(name=keys.CODES, value="00" * 32)
    assert_helpful(doctor.shared_keys(), Weight.PROBLEM)
    assert not keys.key_file(keys.CODES).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "weight"),
    [
        (timedelta(seconds=5), Weight.FINE),
        (timedelta(minutes=5), Weight.ADVICE),
        (-timedelta(minutes=5), Weight.PROBLEM),
    ],
)
def test_the_runner(ago: timedelta, weight: Weight) -> None:
    assert_helpful(doctor.runner(), Weight.ADVICE)
    Pulse.objects.create(name=RUNNER, at=now() - ago)
    assert_helpful(doctor.runner(), weight)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "weight"), [(1, Weight.FINE), (30, Weight.ADVICE)])
def test_backups(days: int, weight: Weight) -> None:
    assert_helpful(doctor.backups(), Weight.ADVICE)
    Pulse.objects.create(name=BACKUP, at=now() - timedelta(days=days))
    assert_helpful(doctor.backups(), weight)


@pytest.mark.django_db
def test_jobs() -> None:
    queue.enqueue("jobs.forget_done", {}, due=now() - timedelta(hours=1))
    assert_helpful(doctor.jobs(), Weight.ADVICE)
    Job.objects.update(gave_up_at=now())
    assert_helpful(doctor.jobs(), Weight.PROBLEM)


@pytest.mark.django_db
def test_the_command_fails_when_something_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    agree_on_shared_keys()
    queue.enqueue("jobs.forget_done", {})
    Job.objects.update(gave_up_at=now())
    paths.make_private_folder(paths.static_folder())
    told = CliRunner().invoke(main, ["doctor", "--retry"])
    assert told.exit_code == 1
    assert "PROBLEM  Jobs: 1 failed for good (jobs.forget_done)." in told.output
    assert "What to do: " in told.output
    assert "1 to mend." in told.output
    assert "1 jobs start over." in told.output
    assert CliRunner().invoke(main, ["doctor"]).exit_code == 0
