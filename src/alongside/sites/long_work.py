"""Work on a hundred thousand contacts at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def with_more_memory() -> Iterator[None]:
    """The embedded database keeps more of its file in memory meanwhile; a server decides for itself."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.with_more_pages():  # type: ignore[attr-defined]  # of our own backend
        yield
