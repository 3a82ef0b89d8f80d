"""A full disk: a page that says so, nothing half-written, and on it goes once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Program

DISK_MEGABYTES = 64

pytestmark = pytest.mark.once


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes; only root can make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("Making a small disk needs root.")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "alongside", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("This machine does not let anybody make a small disk.")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def cramped(program: Program, small_disk: Path) -> Program:
    home = small_disk / "home"
    shutil.copytree(program.home, home)
    program.home = home
    return program


def fill_up(disk: Path) -> Path:
    """Leave not one page."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return filler


def test_a_full_disk_says_so_and_keeps_what_is_there(cramped: Program, small_disk: Path) -> None:
    with cramped.running() as server, cramped.browser(server) as browser:
        for _contact in range(5):
            assert cramped.record(browser).status_code == 302
        filler = fill_up(small_disk)
        refused = [cramped.record(browser, note="kept <as> typed") for _contact in range(30)][-1]
        assert refused.status_code == 503
        assert "is full" in refused.text
        assert 'name="items.syringe-1ml-29g-half"' in refused.text
        assert "kept &lt;as&gt; typed" in refused.text
        assert browser.get("/today/").status_code == 200, "what is there can still be read"
        filler.unlink()
        assert cramped.record(browser).status_code == 302
    cramped.assert_nothing_lost()


def test_a_backup_onto_a_full_disk_leaves_nothing(cramped: Program, small_disk: Path) -> None:
    filler = fill_up(small_disk)
    target = small_disk / "mine.backup"
    environment = os.environ | {"ALONGSIDE_HOME": str(cramped.home), "ALONGSIDE_BACKUP_PASSPHRASE": "four kind words"}
    environment.pop("ALONGSIDE_DATABASE_URL", None)
    program = Path(shutil.which("alongside") or Path(os.sys.executable).with_name("alongside"))
    done = subprocess.run([program, "backup", target], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "The disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in small_disk.iterdir()) == [filler.name, "home"]
