"""Backups: whole or not at all, locked, and the same in either database."""

from __future__ import annotations

import errno
import functools
import io
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain, repeat
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner
from django.db import connection, transaction
from django_scopes import scopes_disabled
from pytest_django import DjangoDbBlocker

from alongside.accounts.models import User
from alongside.config import keys, paths
from alongside.config.cli import main
from alongside.config.moving import box, loading
from alongside.config.moving.backup import make_backup
from alongside.config.moving.restore import restore_backup
from alongside.config.moving.tables import Table
from alongside.config.moving.values import Tally
from alongside.jobs.queue import enqueue
from alongside.kernel.errors import Refusal
from alongside.sites.models import AuditEvent, Program
from alongside.supplies.models import StockLevel, StockMove
from tests.platform.a_program import a_program, all_tables, forget_everything
from tests.plugins.homes import home_like, prepare
from tests.plugins.server import answers, database, running

PASSPHRASE = "four kind words here"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tidy")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "everything.backup"


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One backup for all tests that only need to have one. The program it was made of is gone."""
    place = tmp_path_factory.mktemp("kept") / "everything.backup"
    with django_db_blocker.unblock():
        a_program(3)
        make_backup(place, passphrase=PASSPHRASE)
        forget_everything()
        connection.close()
    return place


@pytest.fixture
def made(kept: Path, file: Path) -> Path:
    """A copy of it, to be spoiled."""
    shutil.copy(kept, file)
    return file


@pytest.fixture(autouse=True)
def unlock_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase is slow to try on purpose: each is tried once for each backup."""
    monkeypatch.setattr(box, "_unlock_key", _unlock_once)


_really_unlock = box._unlock_key
_unlock_once = functools.cache(_really_unlock)
_OPEN = b"not locked: "


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that make many backups and say nothing about the passphrase."""
    monkeypatch.setattr(box, "_lock_key", lambda identity, _passphrase: _OPEN + str(identity).encode())
    monkeypatch.setattr(box, "_unlock_key", _open)


def _open(locked: bytes, passphrase: str) -> object:
    if locked.startswith(_OPEN):
        return pyrage.x25519.Identity.from_str(locked.removeprefix(_OPEN).decode())
    return _unlock_once(locked, passphrase)


def digests() -> dict[str, tuple[int, str]]:
    """Every table's rows, whatever their order."""
    found = {}
    for table in all_tables():
        tally = Tally()
        for line in table.lines():
            tally.add(line)
        found[table.label] = (tally.rows, tally.digest)
    return found


@pytest.mark.usefixtures("no_lock")
def test_everything_comes_back_the_same(file: Path) -> None:
    a_program()
    before = digests()
    for label in ("supplies.stocklevel", "encounters.entry", "naloxone.kitgiven", "sites.shift_workers", "jobs.job"):
        assert before[label][0], label
    make_backup(file, passphrase=PASSPHRASE)
    forget_everything()
    restored = restore_backup(file, passphrase=PASSPHRASE)
    assert digests() == before
    assert {each.table: (each.rows_in_backup, each.rows_here) for each in restored.comparisons} == {
        label: (rows, rows) for label, (rows, _digest) in before.items()
    }


@pytest.mark.usefixtures("no_lock")
def test_life_goes_on_after_a_restore(file: Path) -> None:
    """Numbers go on, stock adds up once, the ledger still only grows, foreign keys hold."""
    program = a_program()
    make_backup(file, passphrase=PASSPHRASE)
    forget_everything()
    restore_backup(file, passphrase=PASSPHRASE)
    with scopes_disabled():
        level = StockLevel.objects.get(program=program, lot__code="L1")
        move = StockMove.objects.filter(program=program, lot__code="L1").latest("pk")
        fresh = StockMove.objects.get(pk=move.pk)
        fresh.pk, fresh._state.adding, fresh.quantity = None, True, 5
        fresh.save()
        assert fresh.pk > move.pk
        assert StockLevel.objects.get(pk=level.pk).quantity == level.quantity + 5
        with pytest.raises(Exception, match="only grows"), transaction.atomic():
            AuditEvent.objects.update(target="other")
        with pytest.raises(Exception, match=r"(?i)foreign key"), transaction.atomic():
            StockMove.objects.create(
                program_id=987654, site=move.site, item=move.item, lot=move.lot, quantity=1, reason="count",
                at=move.at, by=move.by,
            )  # fmt: skip
    User.objects.create_user("somebody-new", "paper lantern 47", name="New")


@pytest.mark.usefixtures("no_lock")
def test_a_backup_is_one_moment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recorded while it works waits for the next one, and nobody waits for it."""
    a_program(2)
    before = digests()
    real_lines = Table.lines

    def lines_while_others_write(table: Table) -> Iterator[str]:
        if table.label == "accounts.user":
            writer = threading.Thread(target=record_something)
            writer.start()
            writer.join()
        return real_lines(table)

    def record_something() -> None:
        enqueue("test.meanwhile", {})
        connection.close()

    with monkeypatch.context() as patch:
        patch.setattr(Table, "lines", lines_while_others_write)
        make_backup(file, passphrase=PASSPHRASE)
    assert digests()["jobs.job"][0] == before["jobs.job"][0] + 1
    forget_everything()
    restore_backup(file, passphrase=PASSPHRASE)
    assert digests() == before


def test_nothing_in_it_can_be_read_without_the_passphrase(made: Path) -> None:
    content = made.read_bytes()
    assert "Ζωή".encode() not in content
    assert b"supplies.item" not in content
    assert keys.code_key().hex().encode() not in content
    assert made.stat().st_mode & 0o077 == 0
    with pytest.raises(Refusal, match="not the passphrase"):
        restore_backup(made, passphrase="four kind words hera")


@pytest.mark.once
@pytest.mark.parametrize(("guesses_too_low", "unlocks"), [(3, True), (10_000, False)])
def test_a_slow_moment_is_no_wrong_passphrase(
    monkeypatch: pytest.MonkeyPatch, guesses_too_low: int, unlocks: bool
) -> None:
    """age measures how fast the computer is, and refuses a lock that would take too long."""
    lock = box._lock_key("the key", PASSPHRASE)
    too_hard = re.sub(rb"(-> scrypt \S+ )\d+", rb"\g<1>30", lock)
    locks = chain(repeat(too_hard, guesses_too_low), repeat(lock))
    unlock = pyrage.passphrase.decrypt
    monkeypatch.setattr(box, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr(box.pyrage.passphrase, "decrypt", lambda _locked, word: unlock(next(locks), word))
    monkeypatch.setattr(box.pyrage.x25519.Identity, "from_str", str)
    with nullcontext() if unlocks else pytest.raises(Refusal, match="too slow or too busy"):
        assert _really_unlock(lock, PASSPHRASE) == "the key"


@pytest.mark.usefixtures("no_lock")
def test_records_that_are_there_are_never_mixed(file: Path) -> None:
    a_program(1)
    make_backup(file, passphrase=PASSPHRASE)
    before = digests()
    with pytest.raises(Refusal, match="already records in this database"):
        restore_backup(file, passphrase=PASSPHRASE)
    assert digests() == before


def test_a_backup_never_replaces_another(file: Path) -> None:
    file.write_bytes(b"the only other one")
    with pytest.raises(Refusal, match="is already there"):
        make_backup(file, passphrase=PASSPHRASE)
    assert file.read_bytes() == b"the only other one"
    assert list(file.parent.iterdir()) == [file]


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = digests()
    yield
    assert digests() == before


@pytest.mark.parametrize("kept_share", [0.0, 0.3, 0.9, 0.999])
def test_a_part_of_a_backup_is_refused(made: Path, kept_share: float) -> None:
    content = made.read_bytes()
    made.write_bytes(content[: int(len(content) * kept_share)])
    with nothing_changes(), pytest.raises(Refusal, match="not a backup of Alongside, or only a part"):
        restore_backup(made, passphrase=PASSPHRASE)


def lines_of(backup: Path) -> list[str]:
    with box.opened(backup, passphrase=PASSPHRASE) as lines:
        return list(lines)


def rebuilt(file: Path, name: str, content: bytes) -> None:
    """The same zip, whole, with other content in one of its members."""
    with zipfile.ZipFile(file) as old:
        members = {each: old.read(each) for each in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for each, kept in (members | {name: content}).items():
            new.writestr(each, kept)


@pytest.mark.parametrize("damage", ["shortened", "changed", "empty"])
def test_damaged_contents_change_nothing(made: Path, damage: str) -> None:
    with zipfile.ZipFile(made) as whole:
        contents = whole.read(box.CONTENTS)
    middle = len(contents) // 2
    changed = {
        "shortened": contents[:middle],
        "changed": contents[:middle] + bytes([contents[middle] ^ 1]) + contents[middle + 1 :],
        "empty": b"",
    }
    rebuilt(made, box.CONTENTS, changed[damage])
    with nothing_changes(), pytest.raises(Refusal, match="is damaged"):
        restore_backup(made, passphrase=PASSPHRASE)


@pytest.mark.parametrize("wrong", [b"", b"hello", b"PK\x03\x04 not really"])
def test_any_other_file_is_refused(file: Path, wrong: bytes) -> None:
    file.write_bytes(wrong)
    with pytest.raises(Refusal, match="not a backup of Alongside"):
        restore_backup(file, passphrase=PASSPHRASE)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for missing in (tmp_path / "nothing", tmp_path):
        with pytest.raises(Refusal, match="not a backup of Alongside"):
            restore_backup(missing, passphrase=PASSPHRASE)


@pytest.mark.usefixtures("no_lock")
def test_lines_that_are_not_whole_change_nothing(made: Path) -> None:
    """As a mistake of ours could make them: locked and packed correctly, but without an end."""
    kept = lines_of(made)
    for number, shortened in enumerate((kept[:-1], kept[:1], kept[:20], [])):
        other = made.with_name(f"{number}.backup")
        box.write(other, shortened, passphrase=PASSPHRASE)
        with nothing_changes(), pytest.raises(Refusal, match="is damaged"):
            restore_backup(other, passphrase=PASSPHRASE)


@pytest.mark.usefixtures("no_lock")
def test_a_newer_programs_backup_is_refused(made: Path) -> None:
    kept = lines_of(made)
    kept[0] = kept[0].replace('"migrations":[[', '"migrations":[["jobs","0999_from_the_future"],[', 1)
    other = made.with_name("newer.backup")
    box.write(other, kept, passphrase=PASSPHRASE)
    with nothing_changes(), pytest.raises(Refusal, match="made by a newer Alongside"):
        restore_backup(other, passphrase=PASSPHRASE)


def test_rows_that_came_out_otherwise_change_nothing(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: here the database keeps another name than the backup said."""
    real_fill = loading.fill

    def fill_and_spoil(table: Table, lines: Iterator[str]) -> None:
        real_fill(table, lines)
        if table.label == "sites.program":
            table.model._base_manager.update(name="Somebody else")

    monkeypatch.setattr(loading, "fill", fill_and_spoil)
    with nothing_changes(), pytest.raises(Refusal, match=r"differs from the backup in sites\.program"):
        restore_backup(made, passphrase=PASSPHRASE)


def alongside(home: Path, *arguments: str, database_url: str = "") -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, in a home of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
    environment = inherited | {"ALONGSIDE_HOME": str(home), "ALONGSIDE_BACKUP_PASSPHRASE": PASSPHRASE}
    if database_url:
        environment["ALONGSIDE_DATABASE_URL"] = database_url
    command = [sys.executable, "-m", "alongside.config.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_it_moves_to_the_other_database_and_back(file: Path, tmp_path: Path, database_kind: str) -> None:
    """Test database -> a new encrypted file -> a new server database (where there is a server) -> and compared."""
    a_program()
    before = digests()
    manifest = make_backup(file, passphrase=PASSPHRASE)
    moved = alongside(tmp_path / "second", "restore", str(file))
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert "every table is the same" in moved.stdout
    again = tmp_path / "again.backup"
    assert alongside(tmp_path / "second", "backup", str(again)).returncode == 0
    if database_kind == "postgres":
        with database("postgres", f"moved_{tmp_path.name}") as url:
            back = alongside(tmp_path / "third", "restore", str(again), "--database-url", url)
            assert back.returncode == 0, back.stdout + back.stderr
            assert "every table is the same" in back.stdout
    forget_everything()
    restore_backup(again, passphrase=PASSPHRASE)
    assert {label: rows for label, rows in digests().items() if label != "jobs.pulse"} == {
        label: rows for label, rows in before.items() if label != "jobs.pulse"
    }
    assert manifest.rows["sites.program"] == Program.objects.count()


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("is_begun", [False, True])
def test_an_earlier_versions_backup_is_brought_up_to_date(made: Path, tmp_path: Path, is_begun: bool) -> None:
    """It goes into the tables of its time, which are then changed as an update changes them."""
    first, *others = lines_of(made)
    earlier = first.replace('["mfa","0003_authenticator_type_uniq"],', "")
    assert earlier != first
    other = made.with_name("earlier.backup")
    box.write(other, [earlier, *others], passphrase=PASSPHRASE)
    home = tmp_path / "home"
    with home_like(prepare, home, kind="sqlite") if is_begun else nullcontext():
        moved = alongside(home, "restore", str(other))
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert "Tables: up to date." in alongside(home, "doctor").stdout


@pytest.mark.once
def test_a_full_disk_leaves_no_part_of_a_backup(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, piece: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(box, "new_private_file", lambda place: place.touch() or Full())
    with pytest.raises(OSError, match="No space left"):
        make_backup(file, passphrase=PASSPHRASE)
    assert list(file.parent.iterdir()) == []


@pytest.mark.slow
@pytest.mark.fault
def test_both_work_while_the_program_runs(file: Path, tmp_path: Path, database_kind: str) -> None:
    """A backup of a program at work, restored into the empty one of another running program."""
    a_program(3)
    make_backup(file, passphrase=PASSPHRASE)
    home = tmp_path / "home"
    with home_like(prepare, home, kind=database_kind) as ready:
        url = ready.database_url
        with running(home, "--host", "127.0.0.1", database_url=url) as server:
            brought = alongside(home, "restore", str(file), database_url=url)
            assert brought.returncode == 0, brought.stdout + brought.stderr
            assert "stop it and start it again" in brought.stdout
            again = tmp_path / "again.backup"
            made_live = alongside(home, "backup", str(again), database_url=url)
            assert made_live.returncode == 0, made_live.stdout + made_live.stderr
            assert answers(server.url)
        assert "mistake" not in server.output
        with running(home, "--host", "127.0.0.1", database_url=url) as server:
            pass
        assert "Traceback" not in server.output
    forget_everything()
    restore_backup(again, passphrase=PASSPHRASE)
    assert Program.objects.count() == 1


@pytest.mark.once
def test_a_folder_gets_a_backup_with_a_name_of_its_own(tmp_path: Path) -> None:
    """And without any name it goes into the home folder."""
    a_program(1)
    environment = {"ALONGSIDE_BACKUP_PASSPHRASE": PASSPHRASE}
    for where in ([str(tmp_path)], []):
        told = CliRunner().invoke(main, ["backup", *where], env=environment)
        assert told.exit_code == 0, told.output
    for folder in (tmp_path, paths.backups_folder()):
        (made,) = folder.glob("alongside-2*.backup")
        assert made.stat().st_mode & 0o077 == 0


@pytest.mark.once
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{folder}/no/such.backup"], "There is no folder"),
        (["{folder}/there.backup"], "is already there"),
        (["--passphrase-file", "{folder}/there.backup", "{folder}/new.backup"], "needs at least 12 letters"),
    ],
)
def test_a_backup_that_can_not_be_made_says_why(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    a_program(1)
    (tmp_path / "there.backup").write_text("short")
    told = CliRunner().invoke(main, ["backup", *(each.format(folder=tmp_path) for each in arguments)])
    assert told.exit_code == 1
    assert sentence in told.output
    assert [file.name for file in tmp_path.iterdir()] == ["there.backup"]
