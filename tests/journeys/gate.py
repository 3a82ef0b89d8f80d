"""What stands between a phone and the server: a network that comes and goes, and a server that is updated."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

NUMBER, NAME = "127.0.0.1", "localhost"
"""A passkey is for a name; the cookies of the server's own address are for its number."""
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Gate(ThreadingHTTPServer):
    """Passes requests on, unless it is shut, the server is busy or they carry too many contacts. Text in `replaced`
    arrives changed.
    """

    daemon_threads = True

    def __init__(self, server_url: str, host: str) -> None:
        super().__init__((NUMBER, 0), _Passing)
        self.host = host
        self.beyond = urlsplit(server_url).netloc
        self.is_shut = False
        self.replaced: dict[bytes, bytes] = {}
        self.most_contacts = 5_000
        self.busy_seconds = 0
        self.turned_away = 0

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.server_port}"


class _Passing(BaseHTTPRequestHandler):
    server: Gate
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        if self.server.is_shut:
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if body.count(b'"ct":') > self.server.most_contacts:
            self.server.turned_away += 1
            self._pass_back(413, HTTPMessage(), b'{"sentence": "This is too much at once."}')
            return
        if self.server.busy_seconds and self.path.startswith("/api/"):
            headers = HTTPMessage()
            headers["Retry-After"] = str(self.server.busy_seconds)
            self._pass_back(503, headers, b'{"sentence": "The database is busy.", "reason": "busy"}')
            return
        beyond = HTTPConnection(self.server.beyond, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        beyond.request(self.command, self.path, body, headers)
        answer = beyond.getresponse()
        self._pass_back(answer.status, answer.headers, answer.read())
        beyond.close()

    do_GET = do_HEAD = do_POST = _pass_on  # noqa: N815 - the base class asks for these names

    def _pass_back(self, status: int, headers: HTTPMessage, body: bytes) -> None:
        for old, new in self.server.replaced.items():
            body = body.replace(old, new)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(BrokenPipeError):  # the page was left before all of it arrived
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
        """Says nothing."""


@contextmanager
def gate_before(server_url: str, *, host: str = NAME) -> Iterator[Gate]:
    gate = Gate(server_url, host)
    threading.Thread(target=gate.serve_forever, daemon=True).start()
    try:
        yield gate
    finally:
        gate.shutdown()
        gate.server_close()
