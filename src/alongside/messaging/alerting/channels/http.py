"""One request to somebody's server over a connection that stays open."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        connection = http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    else:
        connection = http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=_trust())
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
