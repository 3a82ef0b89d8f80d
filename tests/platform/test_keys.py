"""The keys of an installation: made once, private, and never replaced behind somebody's back."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from alongside.config import keys
from alongside.config.cli import main
from alongside.kernel.errors import Refusal

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder that nobody has used yet."""
    monkeypatch.setenv("ALONGSIDE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ALONGSIDE_KEYS", raising=False)
    monkeypatch.setattr(keys, "_made", [])
    return tmp_path / "home"


def test_keys_are_made_once_and_private() -> None:
    first = keys.database_key(), keys.code_key(), keys.django_secret()
    assert (keys.database_key(), keys.code_key(), keys.django_secret()) == first
    assert {place.name for place in keys.made()} == {"database.key", "codes.key", "django.key"}
    for place in keys.made():
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_keys_can_live_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_KEYS", str(tmp_path / "stick"))
    keys.database_key()
    assert (tmp_path / "stick" / "database.key").is_file()


def test_processes_that_start_together_agree(home: Path) -> None:
    ask = "from alongside.config import keys; print(keys.database_key(), keys.code_key().hex(), len(keys.made()))"
    asking = [subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    answers = [process.communicate()[0].split() for process in asking]
    assert len({tuple(answer[:2]) for answer in answers}) == 1
    assert sum(int(answer[2]) for answer in answers) == 2


@pytest.mark.parametrize("lost", ["database.key", "codes.key"])
def test_a_lost_key_is_never_replaced(home: Path, lost: str) -> None:
    keys.database_key()
    (home / "alongside.sqlite3").write_bytes(b"something")
    keys.key_file(lost).unlink()
    with pytest.raises(Refusal, match="Put the key file back"):
        keys.database_key()
    assert not keys.key_file(lost).exists()


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_damaged_key_is_refused(content: str) -> None:
    keys.database_key()
    keys.key_file(keys.DATABASE).write_text(content)
    with pytest.raises(Refusal, match="is damaged"):
        keys.database_key()
    assert keys.key_file(keys.DATABASE).read_text() == content


def test_a_backup_brings_the_keys_that_make_it_the_same_program(monkeypatch: pytest.MonkeyPatch) -> None:
    carried = keys.carried_in_backups()
    made = {keys.CODES: keys.code_key(), keys.PUSH: keys.push_key(), keys.MESSAGES: keys.message_key()}
    assert carried == {keys.DJANGO: keys.django_secret()} | {name: key.hex() for name, key in made.items()}
    assert not keys.take_over(carried, may_set_aside=False)
    monkeypatch.setattr(keys, "_made", [])
    other = carried | {keys.CODES: "ab" * 32}
    with pytest.raises(Refusal, match="belongs to another program"):
        keys.take_over(other, may_set_aside=False)
    assert keys.take_over(other, may_set_aside=True)
    assert keys.code_key().hex() == "ab" * 32
    (aside,) = (file for file in keys.key_file(keys.CODES).parent.iterdir() if ".unused-" in file.name)
    assert aside.read_text().strip() == carried[keys.CODES]
    assert aside.stat().st_mode & 0o077 == 0


def test_keys_just_made_give_way_to_a_backups() -> None:
    """Reading the settings makes keys, also in the process that restores."""
    keys.database_key()
    assert keys.take_over({keys.CODES: "ab" * 32}, may_set_aside=False)
    assert keys.code_key().hex() == "ab" * 32


def test_a_backup_names_no_other_files(tmp_path: Path) -> None:
    assert not keys.take_over({"../../else": "ab" * 32, "database.key": "ab" * 32}, may_set_aside=True)
    assert not keys.key_file(keys.DATABASE).exists()


def test_phones_get_a_new_key_and_the_old_ones_stay() -> None:
    first = keys.outbox_keys()
    mark = keys.outbox_key_mark()
    for number in (2, 3):
        assert CliRunner().invoke(main, ["renew-phone-key"]).exit_code == 0
        assert len(keys.outbox_keys()) == number
    assert keys.outbox_keys()[-1:] == first
    assert keys.outbox_key_mark() == mark
    carried = keys.carried_in_backups()
    assert {"outbox.key", "outbox-2.key", "outbox-3.key"} < carried.keys()
    for name in ("outbox.key", "outbox-2.key", "outbox-3.key"):
        keys.key_file(name).unlink()
    assert keys.take_over(carried, may_set_aside=False)
    assert keys.outbox_keys()[-1:] == first
    assert len(keys.existing()) >= 3
