"""Commits that share a flush to the disk.

With `synchronous=FULL` SQLite flushes its log inside each commit, while everybody else who wants to write waits.
Here a commit only writes; its thread then waits until a flush that began after it has ended. One flush is enough for
all that committed before it began. Nothing is answered before it is on the disk, as with FULL.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress


class _Round:
    """One flush and all who wait for it."""

    has_ended = False
    error: BaseException | None = None


class Flusher:
    """For one database file."""

    def __init__(self, database: str) -> None:
        self._log = f"{database}-wal"
        self._change = threading.Condition()
        self._next = _Round()
        self._is_flushing = False

    def flush(self) -> None:
        """Returns when everything that this thread committed is on the disk. Raises OSError if the disk can't.

        A flush that failed is not tried again for those who waited for it: the system may have dropped what it
        could not write, and would call a second try a success.
        """
        with self._change:
            mine = self._next
            while self._is_flushing and not mine.has_ended:
                self._change.wait()
            is_leader = not mine.has_ended
            if is_leader:
                self._next, self._is_flushing = _Round(), True
        if is_leader:
            self._lead(mine)
        if mine.error:
            raise mine.error

    def _lead(self, mine: _Round) -> None:
        try:
            self._to_disk()
        except BaseException as error:  # noqa: BLE001 - raised again by everybody in the round
            mine.error = error
        with self._change:
            self._is_flushing, mine.has_ended = False, True
            self._change.notify_all()

    def _to_disk(self) -> None:
        # The last connection that closes takes the log with it, when all of it is in the database and on the disk.
        with suppress(FileNotFoundError):
            log = os.open(self._log, os.O_RDWR)
            try:
                os.fdatasync(log) if hasattr(os, "fdatasync") else os.fsync(log)
            finally:
                os.close(log)


_flushers: dict[str, Flusher] = {}
_making = threading.Lock()


def flusher_of(database: str) -> Flusher:
    with _making:
        return _flushers.setdefault(database, Flusher(database))
