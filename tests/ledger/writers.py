"""Several writers at once, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

import pytest
from django.db import connection

from tests.emptying import forget_everything

WAIT_SECONDS = 60
T = TypeVar("T")


def at_once(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Start all jobs at the same moment and answer with what each returned; what one raises is raised here.

    Each runs with the caller's context: the program's scope, and the time it stands at.
    """
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        start.wait(WAIT_SECONDS)
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(copy_context().run, run, job) for job in jobs]
        return [future.result(WAIT_SECONDS) for future in futures]


@pytest.fixture
def shared(transactional_db: None) -> Iterator[None]:
    """A database that other connections see too, emptied afterwards."""
    yield
    forget_everything()
