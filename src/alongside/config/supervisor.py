"""Starts what a running Alongside is made of and stops all of it.

It loads the program once, and forks all others but that of the alarms: a first one that prepares and ends, those
that serve pages, and that of the jobs. So they share the memory of the code. Afterwards it only watches over them.
"""

from __future__ import annotations

import fcntl
import gc
import multiprocessing
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from multiprocessing.context import ForkProcess
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from alongside.config import paths, preparing, serving
from alongside.config.roles import are_alarms_elsewhere
from alongside.kernel.errors import Refusal

PROCESSES = 2
THREADS = 4
"""In each process. Contacts that wait together are written together: see encounters.gathering."""
FORKING = multiprocessing.get_context("fork")
ALARMS = ("alarms", "run", "--while-open")
KILL_AFTER_SECONDS = 2
BETWEEN_WORKERS_SECONDS = 0.2
"""So that one that dies as soon as it starts, as on a full disk, leaves the computer something to work with."""


def run(*, host: str, port: int, demo: bool) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, _stop_starting)
    with _only_one_here(f"http://{host}:{port}/"):
        _refuse_taken_port(host, port)
        preparing.refuse_problems(click.echo)
        serving.load_program()
        if _prepare(demo=demo) != 0:
            sys.exit(1)
        _serve(host, port)


def _serve(host: str, port: int) -> None:
    serving.warm_up()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)  # a page makes thousands of objects, and leaves none that refer to each other
    server = _server(host, port)
    starts = (_start_jobs,) if are_alarms_elsewhere() else (_start_jobs, _start_alarms)
    beside = [BesideProcess(start) for start in starts]
    _stop_on_signals(server, *(each.begin_to_stop for each in beside))
    for each in beside:
        each.start()
    try:
        server.serve(target_loader=_loader(host, port), wrap_loader=False)
    finally:
        for each in beside:
            each.begin_to_stop()
        for each in beside:
            each.stop()


class _Server(MPServer):
    """Granian ends the program when a worker dies twice within seconds. One that was killed is no reason to stop."""

    def _respawn_workers(self, workers: Iterable[int], *arguments: Any, **options: Any) -> None:
        super()._respawn_workers(workers, *arguments, **options)
        self.respawned_wrks.clear()
        time.sleep(BETWEEN_WORKERS_SECONDS)


def _server(host: str, port: int) -> MPServer:
    return _Server(
        "alongside",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=PROCESSES,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_SECONDS,
    )


def _loader(host: str, port: int) -> Callable[[], Callable[..., object]]:
    return partial(serving.load, f"http://{host}:{port}/", multiprocessing.Value("b", 0))


def _stop_on_signals(server: MPServer, *also: Callable[[], None]) -> None:
    """A closed terminal means stop as well; by itself the server would take it as "load again"."""

    def stop(*_: object) -> None:
        for each in also:
            each()
        server.signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def listen() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)

    server.on_startup(listen)


def _prepare(*, demo: bool) -> int:
    """In a process whose memory is given back."""
    process = FORKING.Process(target=serving.prepare, kwargs={"demo": demo}, daemon=True)
    process.start()
    process.join()
    return process.exitcode or 0


class JobProcess(ForkProcess):
    def run(self) -> None:
        serving.do_jobs()

    def wait(self, timeout: float | None = None) -> None:
        self.join(timeout)


def _start_jobs() -> JobProcess:
    process = JobProcess()
    process.start()
    return process


def _start_alarms() -> subprocess.Popen[bytes]:
    """It needs nothing of what is loaded here. It ends when its standard input does, so also if we are killed."""
    command = [sys.executable, "-m", "alongside.config.cli", *ALARMS]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 (our own command)


class BesideProcess:
    """A process beside the pages', replaced when it dies."""

    def __init__(self, start: Callable[[], JobProcess | subprocess.Popen[bytes]]) -> None:
        self._start = start
        self._stopping = threading.Event()
        self._process: JobProcess | subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        threading.Thread(target=self._keep_alive, daemon=True).start()

    def begin_to_stop(self) -> None:
        self._stopping.set()
        if self._process:
            self._process.terminate()

    def stop(self) -> None:
        self.begin_to_stop()
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(KILL_AFTER_SECONDS)
            self._process.kill()

    def _keep_alive(self) -> None:
        while not self._stopping.is_set():
            self._process = self._start()
            self._process.wait()
            self._stopping.wait(1)


@contextmanager
def _only_one_here(address: str) -> Iterator[None]:
    """One program per home folder: two would disturb each other's turns to write."""
    place = paths.make_private_folder(paths.home()) / "running"
    with place.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Refusal(
                f"Alongside already runs from {paths.home()}, at {file.read().strip()}. "
                "Open that address, or stop it there with Ctrl-C."
            ) from None
        file.truncate(0)
        file.write(address)
        file.flush()
        yield


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Refusal(f"Port {port} needs rights that you do not have. Choose one above 1023.") from None
        except OSError as error:
            raise Refusal(
                f"Alongside can't listen at {host}:{port}: {error.strerror}. Another program may be using the port. "
                f"Choose another one, for example PORT={port + 1}."
            ) from None


def _stop_starting(*_: object) -> None:
    sys.exit(0)
