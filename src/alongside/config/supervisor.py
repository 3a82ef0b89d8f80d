"""Starts what a running Alongside is made of and stops all of it.

This process stays without Django: it prepares in a child, then only watches over the server's processes.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from alongside.config import database, paths, serving
from alongside.kernel.errors import Refusal

THREADS = 4
KILL_AFTER_SECONDS = 2


def run(*, host: str, port: int, demo: bool) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, _stop_starting)
    uses_postgresql = database.is_postgresql(database.from_environment()["default"])
    with _only_one_here(f"http://{host}:{port}/"):
        _refuse_taken_port(host, port)
        if _prepare(demo=demo) != 0:
            sys.exit(1)
        if uses_postgresql:
            with _job_process():
                _serve(host, port, processes=2, runner_inside=False)
        else:
            _serve(host, port, processes=1, runner_inside=True)


def _serve(host: str, port: int, *, processes: int, runner_inside: bool) -> None:
    """SQLite wants one process, because its writers take turns by a lock within it."""
    address = f"http://{host}:{port}/"
    server = MPServer(
        "alongside",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_SECONDS,
    )
    # A closed terminal means stop; by itself the server would take it as "load again".
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    load = partial(serving.load, address, multiprocessing.Value("b", 0), runner_inside)
    server.serve(target_loader=load, wrap_loader=False)


def _prepare(*, demo: bool) -> int:
    command = _command("prepare", *(["--demo"] if demo else []))
    return subprocess.run(command, check=False).returncode  # noqa: S603 (our own command)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "alongside.config.cli", *arguments]


@contextmanager
def _job_process() -> Iterator[None]:
    """Keep a process for the jobs alive. It ends when its standard input does, even if this one is killed."""
    stopping = threading.Event()
    current: list[subprocess.Popen[bytes]] = []

    def keep_alive() -> None:
        while not stopping.is_set():
            current[:] = [subprocess.Popen(_command("run-jobs"), stdin=subprocess.PIPE, start_new_session=True)]  # noqa: S603
            current[0].wait()
            stopping.wait(1)

    threading.Thread(target=keep_alive, daemon=True).start()
    try:
        yield
    finally:
        stopping.set()
        for process in current:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(KILL_AFTER_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


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
