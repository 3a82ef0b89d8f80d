"""Servers on loopback that behave as the ones out there do, and badly on demand."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """What came in, and when."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Sink:
    """An HTTP server that keeps what it gets. `status`, `wait_seconds` and `answer` say how it behaves.

    It forgets what it could not answer because whoever asked was gone: a real one may have kept it, or not.
    """

    status: int = 201
    wait_seconds: float = 0
    answer: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    arrived: int = 0
    """With those that are not answered yet, or never will be."""
    port: int = 0
    hangs_up: bool = False
    tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/in"

    def incidents(self) -> Counter[str]:
        """How often each incident was told. Repeats carry the same id."""
        return Counter(each.content["incident"] for each in self.requests)

    def wait_for(self, count: int, *, seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while len(self.requests) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.requests) >= count, f"{len(self.requests)} of {count} came"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _version = head[0].split(" ", 2)
        headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.arrived += 1
        if self.wait_seconds:
            await asyncio.sleep(self.wait_seconds)
            if reader.at_eof():
                return False
        self.requests.append(Request(time.time(), method, path, headers, body))
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.answer)}\r\n{more}\r\n".encode())
        writer.write(self.answer)
        await writer.drain()
        return not self.hangs_up


@contextmanager
def listening(*sinks: Sink) -> Iterator[None]:
    """All of them on one thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers = []
    for sink in sinks:
        starting = asyncio.start_server(sink.handle, "127.0.0.1", sink.port, ssl=sink.tls)
        server = asyncio.run_coroutine_threadsafe(starting, loop).result(5)
        sink.port = server.sockets[0].getsockname()[1]
        servers.append(server)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_close(servers), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _close(servers: list[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
