"""Django's PostgreSQL backend, whose connections are kept and tried without a question.

Each thread keeps its connection. Before a request uses it, Django asks whether it still works; a server that went
away has closed its end, and that shows on the socket.
"""

from __future__ import annotations

import re
import select
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from types import SimpleNamespace
from typing import Any

from django.db.backends.postgresql import base as stock
from django.db.backends.utils import CursorWrapper
from psycopg import RawCursor

from alongside.kernel.baton import baton


class PlannedCursor(RawCursor[Any]):
    """The server plans what is asked here once for each connection, and we number its places once."""

    def execute(self, query: Any, params: Any = None, **_options: Any) -> Any:
        super().execute(_with_numbered_places(query), params, prepare=True)
        # Django looks here for what was asked.
        self._query = SimpleNamespace(query=query.encode())  # type: ignore[assignment]
        return self


@lru_cache(maxsize=1000)
def _with_numbered_places(statement: str) -> bytes:
    """`$1`, `$2` … for each `%s`. The driver forgets what it found in a statement of more than 50 places."""
    numbers = count(1)
    return re.sub("%s", lambda _place: f"${next(numbers)}", statement).encode()


class DatabaseWrapper(stock.DatabaseWrapper):
    """A database on a server."""

    def planned_cursor(self) -> CursorWrapper:
        """For statements that come again and again."""
        self._connect()
        return self._prepare_cursor(PlannedCursor(self.connection))  # type: ignore[attr-defined,no-any-return]

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """The server is not asked after each statement whether it went well, but once. Not for what the ORM sends."""
        self._connect()
        with self.wrap_database_errors, self.connection.pipeline():
            yield

    def _connect(self) -> None:
        self.close_if_health_check_failed()
        self.ensure_connection()

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or _says_something(self.connection.fileno()):
            return bool(super().is_usable())
        return True

    def _commit(self) -> None:
        with baton.lent():  # the server waits for its disk
            super()._commit()  # type: ignore[misc]  # not in the stubs


def _says_something(socket: int) -> bool:
    """A server speaks when it is asked, and when it closes."""
    listening = select.poll()
    listening.register(socket, select.POLLIN)
    return bool(listening.poll(0))
