"""One request at a time in each process, for as long as they are short.

Threads of one process share one interpreter. It changes hands whenever a thread asks the database something, a few
dozen times in a request, and each change costs more than the question. So a request holds the baton while it is worked
on, the others wait in a queue, and whoever waits for something else lends it to the next.

A request that holds it for long, a large report for example, loses it: whoever has waited for `PATIENCE_SECONDS` goes
on beside it, and those behind wait for them instead.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 0.05


class _Runner:
    """A request in the queue, or on its way."""

    def __init__(self) -> None:
        self.came = threading.Semaphore(0)


class Baton:
    """Outside of `held` everything here does nothing."""

    def __init__(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._guard = threading.Lock()
        self._queue: deque[_Runner] = deque()
        self._holder: _Runner | None = None
        self._this_thread = threading.local()

    @contextmanager
    def held(self) -> Iterator[None]:
        """For a whole request."""
        runner = self._this_thread.runner = _Runner()
        self._take(runner)
        try:
            yield
        finally:
            self._pass_on(runner)
            self._this_thread.runner = None

    @contextmanager
    def lent(self) -> Iterator[None]:
        """While this thread waits for something."""
        runner = self._runner()
        if runner is None:
            yield
            return
        self._pass_on(runner)
        try:
            yield
        finally:
            self._take(runner)

    def let_others_pass(self) -> None:
        """Those who wait by now go first, up to the end of their request or until they wait for something."""
        runner = self._runner()
        if runner is None:
            return
        with self._guard:
            must_wait = runner is self._holder and bool(self._queue)
            if must_wait:
                self._queue.append(runner)
                self._call_next()
        if must_wait:
            self._wait(runner)

    def _runner(self) -> _Runner | None:
        return getattr(self._this_thread, "runner", None)

    def _take(self, runner: _Runner) -> None:
        with self._guard:
            is_free = self._holder is None
            if is_free:
                self._holder = runner
            else:
                self._queue.append(runner)
        if not is_free:
            self._wait(runner)

    def _wait(self, runner: _Runner) -> None:
        if runner.came.acquire(timeout=self._patience_seconds):
            return
        with self._guard:
            if runner in self._queue:
                self._queue.remove(runner)
                self._holder = runner
                return
        runner.came.acquire()  # it came just as the wait ended

    def _pass_on(self, runner: _Runner) -> None:
        with self._guard:
            if self._holder is runner:
                self._call_next()

    def _call_next(self) -> None:
        self._holder = self._queue.popleft() if self._queue else None
        if self._holder:
            self._holder.came.release()


baton = Baton()
"""This process's."""
