"""One request to somebody's server over a connection that stays open."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from alongside.messaging.alerting.channels.carrying import SECONDS, NotAccepted, Session

MOST_ANSWER_BYTES = 64 * 1024
GONE = {404, 410}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(session: Session, url: str, content: bytes, headers: Mapping[str, str], *, method: str = "POST") -> Answer:
    """Raises NotAccepted unless the answer is a success. Follows no redirection: nobody else gets the message."""
    parts = urlsplit(url)
    was_open = parts.netloc in session
    try:
        answer = _exchange(session, parts, method, content, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        _forget(session, parts.netloc)
        if not was_open or isinstance(error, TimeoutError):
            raise NotAccepted(type(error).__name__) from None
        return ask(session, url, content, headers, method=method)  # it had closed a connection that we kept
    if not 200 <= answer.status < 300:
        raise NotAccepted(f"status {answer.status}", is_final=answer.status in GONE)
    return answer


def _exchange(session: Session, parts: SplitResult, method: str, content: bytes, headers: Mapping[str, str]) -> Answer:
    connection = session.get(parts.netloc)
    if connection is None:
        connection = session[parts.netloc] = _connection(parts)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request(method, path or "/", content, {"User-Agent": "Alongside", **headers})
    response = connection.getresponse()
    body = response.read(MOST_ANSWER_BYTES)
    if response.will_close or response.read(1):
        _forget(session, parts.netloc)
    return Answer(response.status, dict(response.headers), body)


def _forget(session: Session, place: str) -> None:
    connection = session.pop(place, None)
    if connection is not None:
        connection.close()


class _InOnePiece(http.client.HTTPConnection):
    """Sends head and body together. In two pieces they are two packets, and a third of all the work."""

    _pieces: list[bytes] | None = None

    def request(
        self, method: str, url: str, body: Any = None, headers: Any = MappingProxyType({}), **more: Any
    ) -> None:
        self._pieces = []
        super().request(method, url, body, headers, **more)
        pieces, self._pieces = self._pieces, None
        super().send(b"".join(pieces))

    def send(self, data: Any) -> None:
        if self._pieces is None:
            super().send(data)
        else:
            self._pieces.append(bytes(data))


class _SafeInOnePiece(_InOnePiece, http.client.HTTPSConnection):
    """The same over TLS."""


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "http":
        connection = _InOnePiece(host, parts.port, timeout=SECONDS)
    else:
        connection = _SafeInOnePiece(host, parts.port, timeout=SECONDS, context=_trust())
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
