"""One writer at a time: first come, first served within this process, and soon among the processes.

SQLite lets writers wait by sleeping, longer each time, and whoever happens to wake first wins: with four threads
the unlucky one waits hundreds of milliseconds. SQLite still guards the file itself; this only decides whose turn it is.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import weakref
from collections import deque
from typing import Any

LOOK_AGAIN_SECONDS = 0.0005
"""A writer flushes to the disk after each turn and before it asks for the next: long enough for others to look."""


class WriteLock:
    """Held by a connection, not a thread: a connection that is dropped without a word gives it back."""

    def __init__(self, database: str) -> None:
        self._among_processes = _FileTurn(database)
        # Re-entrant, since the garbage collector may call `_dropped` while this thread is in here.
        self._guard = threading.RLock()
        self._holder: weakref.ref[Any] | None = None
        self._queue: deque[_Turn] = deque()

    def acquire(self, holder: object, *, timeout_seconds: float) -> bool:
        """False when the turn did not come in time."""
        deadline = time.monotonic() + timeout_seconds
        if not self._acquire_here(holder, timeout_seconds):
            return False
        try:
            has_come = self._among_processes.acquire(deadline)
        except BaseException:
            self.release(holder)
            raise
        if not has_come:
            self.release(holder)
        return has_come

    def _acquire_here(self, holder: object, timeout_seconds: float) -> bool:
        turn = _Turn(weakref.ref(holder, self._dropped))
        with self._guard:
            if self._holder is None:
                self._holder = turn.holder
                return True
            self._queue.append(turn)
        return turn.came.acquire(timeout=timeout_seconds) or not self._leave_queue(turn)

    def release(self, holder: object) -> None:
        """Give the turn to whoever has waited longest. Does nothing for a connection that does not hold it."""
        with self._guard:
            if self.is_held_by(holder):
                self._pass_on()

    def is_held_by(self, holder: object) -> bool:
        return self._holder is not None and self._holder() is holder

    def _pass_on(self) -> None:
        self._holder = None
        self._among_processes.release()
        if self._queue:
            turn = self._queue.popleft()
            self._holder = turn.holder
            turn.came.release()

    def _leave_queue(self, turn: _Turn) -> bool:
        """False when the turn came just as the wait ended."""
        with self._guard:
            if turn in self._queue:
                self._queue.remove(turn)
                return True
            return False

    def _dropped(self, holder: weakref.ref[Any]) -> None:
        with self._guard:
            if self._holder is holder:
                self._pass_on()


class _Turn:
    """A place in the queue."""

    def __init__(self, holder: weakref.ref[Any]) -> None:
        self.holder = holder
        self.came = threading.Lock()
        self.came.acquire()


class _FileTurn:
    """Held by this process. The system takes it back from a process that was killed."""

    def __init__(self, database: str) -> None:
        self._file = os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def acquire(self, deadline: float) -> bool:
        while not self._is_free():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_AGAIN_SECONDS)
        return True

    def _is_free(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)


_locks: dict[str, WriteLock] = {}
# A fork would share its parent's turn: it makes its own.
os.register_at_fork(after_in_child=_locks.clear)
_making = threading.Lock()


def write_lock_of(database: str) -> WriteLock:
    with _making:
        return _locks.get(database) or _locks.setdefault(database, WriteLock(database))
