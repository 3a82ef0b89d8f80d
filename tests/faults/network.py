"""A network between phones and server that cuts, delays, doubles and reorders. Each connection carries one request."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

LATE_SECONDS = (0.1, 1.0)
SILENCE_SECONDS = 10


class Network:
    """Listens at `port` and passes on to `target`, or does not. `seen` counts what became of the requests."""

    def __init__(self, *, seed: int) -> None:
        self.target = 0
        self.seen: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self._listening.getsockname()[1])
        self._fates: dict[str, tuple[int, Callable[[socket.socket, bytes], None]]] = {
            "passed": (62, self._pass),
            "delayed": (10, self._delay),
            "cut before": (6, self._lose),
            "cut on the way": (6, self._cut_request),
            "cut on the way back": (8, self._cut_answer),
            "came late": (4, self._come_late),
            "doubled": (4, self._double),
        }

    @contextmanager
    def running(self) -> Iterator[Network]:
        threading.Thread(target=self._accept, daemon=True).start()
        yield self
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(SILENCE_SECONDS)
            request = _request(client)
            names = list(self._fates)
            (fate,) = self._chance.choices(names, [self._fates[name][0] for name in names])
            self.seen[fate] += 1
            self._fates[fate][1](client, request)

    def _pass(self, client: socket.socket, request: bytes) -> None:
        client.sendall(self._ask(request))

    def _delay(self, client: socket.socket, request: bytes) -> None:
        time.sleep(self._chance.uniform(0, 0.4))
        self._pass(client, request)

    def _lose(self, client: socket.socket, request: bytes) -> None:
        """The phone hears nothing, the server neither."""

    def _cut_request(self, client: socket.socket, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.target), 5) as server:
            server.sendall(request[: self._chance.randrange(len(request))])

    def _cut_answer(self, client: socket.socket, request: bytes) -> None:
        answer = self._ask(request)
        client.sendall(answer[: self._chance.randrange(len(answer) or 1)])

    def _come_late(self, client: socket.socket, request: bytes) -> None:
        """The phone has given up and goes on with other requests before this one arrives."""
        client.close()
        time.sleep(self._chance.uniform(*LATE_SECONDS))
        self._ask(request)

    def _double(self, client: socket.socket, request: bytes) -> None:
        second = threading.Thread(target=self._ask_quietly, args=(request,))
        second.start()
        self._pass(client, request)
        second.join()

    def _ask_quietly(self, request: bytes) -> None:
        with suppress(OSError):
            self._ask(request)

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.target), 5) as server:
            server.settimeout(SILENCE_SECONDS)
            server.sendall(request)
            return b"".join(iter(lambda: server.recv(1 << 16), b""))


def _request(client: socket.socket) -> bytes:
    """All of one request, as its Content-Length says."""
    held = b""
    while b"\r\n\r\n" not in held:
        held += _more(client)
    head, _, body = held.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        more = _more(client)
        held, body = held + more, body + more
    return held


def _more(client: socket.socket) -> bytes:
    received = client.recv(1 << 16)
    if not received:
        raise ConnectionError
    return received
