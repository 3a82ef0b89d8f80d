"""The encrypted database: what is on the disk, and whose turn it is to write."""

from __future__ import annotations

import errno
import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction
from django.db.utils import IntegrityError
from pytest_django import DjangoDbBlocker

from alongside.config import database
from alongside.config.sqlcipher.base import DatabaseWrapper
from alongside.config.sqlcipher.write_lock import write_lock_of

pytestmark = pytest.mark.once

KEY = "ab" * 32
BUSY_WAIT_SECONDS = 0.3


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "alongside.sqlite3"


@pytest.fixture
def alias(file: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of its own, with each thread's own connection to it, and two tables."""
    with django_db_blocker.unblock():
        yield from two_tables(file)


def two_tables(file: Path) -> Iterator[str]:
    options = {"key": KEY, "timeout": BUSY_WAIT_SECONDS}
    connections.settings["other"] = connections.configure_settings(
        {"default": {}, "other": {"ENGINE": database.SQLITE, "NAME": str(file), "OPTIONS": options}}
    )["other"]
    with connections["other"].cursor() as cursor:
        cursor.execute("CREATE TABLE place (id INTEGER PRIMARY KEY)")
        cursor.execute(
            "CREATE TABLE thing (id INTEGER PRIMARY KEY, "
            "place INTEGER REFERENCES place (id) DEFERRABLE INITIALLY DEFERRED)"
        )
    yield "other"
    connections["other"].close()
    del connections["other"]
    del connections.settings["other"]


def insert(alias: str, place: int | None = None) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("INSERT INTO thing (place) VALUES (%s)", [place])


def count(alias: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM thing")
        return int(cursor.fetchone()[0])


def in_thread(work: Callable[[], Any]) -> list[Any]:
    """What the work returned or raised, in a thread that has ended."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(work())
        except OperationalError as error:
            outcome.append(error)
        finally:
            connections["other"].close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return outcome


def is_free(file: Path) -> bool:
    lock, somebody = write_lock_of(str(file)), threading.Event()
    came = lock.acquire(somebody, timeout_seconds=0)
    lock.release(somebody)
    return came


@pytest.mark.usefixtures("alias")
def test_nothing_on_the_disk_is_readable(file: Path) -> None:
    insert("other")
    content = b"".join(part.read_bytes() for part in file.parent.iterdir())
    assert len(content) > 4096
    assert b"SQLite format" not in content
    assert b"CREATE TABLE" not in content


def test_a_wrong_key_says_so(alias: str, file: Path) -> None:
    insert(alias)
    settings = {**connections[alias].settings_dict, "OPTIONS": {"key": "cd" * 32}}
    with pytest.raises(OperationalError, match="The key does not open the database"):
        DatabaseWrapper(settings, alias="wrong").ensure_connection()


def test_settings_keep_what_was_answered(alias: str) -> None:
    asked = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "temp_store": 2}
    with connections[alias].cursor() as cursor:
        for name, value in asked.items():
            cursor.execute(f"PRAGMA {name}")
            assert cursor.fetchone()[0] == value


def test_this_sqlite_has_no_log_fault(alias: str) -> None:
    """Versions 3.7.0 to 3.51.2 can corrupt a database when a write-ahead log starts over."""
    assert connections[alias].get_database_version() >= (3, 51, 3)


def test_foreign_keys_hold(alias: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(alias):
        insert(alias, place=99)
    assert count(alias) == 0


def test_the_turn_ends_with_the_transaction(alias: str, file: Path) -> None:
    with transaction.atomic(alias):
        assert not is_free(file)
        with transaction.atomic(alias):
            insert(alias)
        assert not is_free(file)
    assert is_free(file)


def test_the_turn_ends_with_an_error(alias: str, file: Path) -> None:
    def fail() -> None:
        with transaction.atomic(alias), transaction.atomic(alias):
            insert(alias)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert is_free(file)
    assert count(alias) == 0


def test_the_turn_ends_when_commit_fails(alias: str, file: Path) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(alias):
        insert(alias, place=99)
    assert is_free(file)


def test_the_turn_ends_with_the_connection(alias: str, file: Path) -> None:
    connections[alias].set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert not is_free(file)
    connections[alias].close()
    assert is_free(file)


def test_the_turn_ends_with_a_thread_that_dies(alias: str, file: Path) -> None:
    def begin() -> None:
        connections[alias].set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        insert(alias)

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    del thread
    gc.collect()
    assert is_free(file)
    insert(alias)
    assert count(alias) == 1


def test_waiting_too_long_says_so(alias: str) -> None:
    with transaction.atomic(alias):
        started = time.monotonic()
        (outcome,) = in_thread(lambda: insert(alias))
        waited_seconds = time.monotonic() - started
    assert isinstance(outcome, OperationalError)
    assert "The database is busy" in str(outcome)
    assert BUSY_WAIT_SECONDS <= waited_seconds < 10 * BUSY_WAIT_SECONDS
    assert in_thread(lambda: insert(alias)) == [None]


def test_readers_do_not_wait(alias: str) -> None:
    insert(alias)
    with transaction.atomic(alias):
        insert(alias)
        assert in_thread(lambda: count(alias)) == [1]


def test_reading_sees_one_moment_and_keeps_nobody_waiting(alias: str) -> None:
    insert(alias)
    with connections[alias].reading(), transaction.atomic(alias):
        assert count(alias) == 1
        assert in_thread(lambda: insert(alias)) == [None]
        assert count(alias) == 1
    assert count(alias) == 2


def test_long_work_has_more_pages_in_memory_and_gives_them_back(alias: str) -> None:
    def pages_kb() -> int:
        with connections[alias].cursor() as cursor:
            return -int(cursor.execute("PRAGMA cache_size").fetchone()[0])

    def fail_half_way() -> None:
        with connections[alias].with_more_pages():
            insert(alias)
            seen.append(pages_kb())
            insert(alias, place=7)  # there is none

    usual, seen = pages_kb(), list[int]()
    with pytest.raises(IntegrityError):
        fail_half_way()
    assert seen[0] > 2 * usual
    assert pages_kb() == usual
    assert count(alias) == 1


def test_writes_outside_a_transaction_take_turns_too(alias: str, file: Path) -> None:
    lock, somebody = write_lock_of(str(file)), threading.Event()
    assert lock.acquire(somebody, timeout_seconds=0)
    (outcome,) = in_thread(lambda: insert(alias))
    lock.release(somebody)
    assert isinstance(outcome, OperationalError)
    assert in_thread(lambda: insert(alias)) == [None]


WRITE_FOR_A_SECOND = """
import os, sys, time
from alongside.config.sqlcipher.write_lock import write_lock_of
lock, turns, end = write_lock_of(sys.argv[1]), 0, time.monotonic() + 1
while time.monotonic() < end:
    holder = type("Holder", (), {})()
    assert lock.acquire(holder, timeout_seconds=5)
    mine = os.open(sys.argv[1] + "-alone", os.O_CREAT | os.O_EXCL)  # fails if anybody else has the turn
    time.sleep(0.004)
    os.close(mine)
    os.unlink(sys.argv[1] + "-alone")
    lock.release(holder)
    turns += 1
    time.sleep(0.001)  # as a flush does
print(turns)
"""


def test_processes_take_turns_too(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE_FOR_A_SECOND, str(tmp_path / "file")]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    turns = [int(writer.communicate()[0]) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert min(turns) > 0.3 * max(turns), turns


def test_a_killed_process_leaves_the_turn_to_others(file: Path) -> None:
    take = f"from alongside.config.sqlcipher.write_lock import *; h = type('H', (), {{}})(); \
l = write_lock_of({str(file)!r}); print(l.acquire(h, timeout_seconds=5), flush=True); time.sleep(60)"
    writer = subprocess.Popen([sys.executable, "-c", take], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "True\n"
    assert not is_free(file)
    writer.kill()
    writer.communicate()
    assert is_free(file)


def test_turns_are_fair(alias: str) -> None:
    """Eight writers for two seconds: without turns, one of them writes almost alone."""
    connections[alias].connection.timeout_seconds = 10
    written = dict.fromkeys(range(8), 0)
    end = time.monotonic() + 2

    def write(number: int) -> None:
        connections[alias].ensure_connection()
        connections[alias].connection.timeout_seconds = 10
        while time.monotonic() < end:
            with transaction.atomic(alias):
                insert(alias)
            written[number] += 1
        connections[alias].close()

    threads = [threading.Thread(target=write, args=[number]) for number in written]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(alias) == sum(written.values())
    assert min(written.values()) > 0.5 * max(written.values()), written


@pytest.fixture
def flushes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the log held, in bytes, each time that it was flushed; a flush takes long enough for others to commit."""
    seen: list[int] = []

    def flush(log: int) -> None:
        seen.append(os.fstat(log).st_size)
        time.sleep(0.02)

    monkeypatch.setattr(os, "fdatasync", flush, raising=False)
    return seen


def test_a_write_returns_after_a_flush_of_it(alias: str, file: Path, flushes: list[int]) -> None:
    for write in (lambda: insert(alias), lambda: insert_in_transaction(alias)):
        flushes.clear()
        write()
        assert flushes == [Path(f"{file}-wal").stat().st_size]
    flushes.clear()
    assert count(alias) == 2
    assert flushes == [], "who only reads waits for no disk"


def insert_in_transaction(alias: str) -> None:
    with transaction.atomic(alias):
        insert(alias)


def test_writers_share_a_flush(alias: str, flushes: list[int]) -> None:
    flushes.clear()
    threads = [threading.Thread(target=in_thread, args=(lambda: insert_in_transaction(alias),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(alias) == 8
    assert len(flushes) < 8


def test_a_flush_that_fails_fails_for_everybody_who_waited(alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_log: int) -> None:
        time.sleep(0.05)
        raise OSError(errno.EIO, "Input/output error")

    insert(alias)
    monkeypatch.setattr(os, "fdatasync", fail, raising=False)
    outcomes: list[Any] = []
    threads = [
        threading.Thread(target=lambda: outcomes.extend(in_thread(lambda: insert_in_transaction(alias))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(each) for each in outcomes] == [OperationalError] * 3
    assert "The disk did not take" in str(outcomes[0])
