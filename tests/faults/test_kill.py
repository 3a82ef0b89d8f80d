"""`kill -9` while contacts are being recorded: what was answered is there, and nothing is there by half."""

from __future__ import annotations

import signal
import threading
import time

import httpx
import psutil
import pytest

from tests.faults.conftest import Program
from tests.plugins.server import Server, wait_until_up

WRITERS = 4
#: Twice what is promised (and what benchmarks/running.py measures), for a machine that is busy with other tests.
STOP_SECONDS = 6
ANSWERS = 40
ANSWERS_WITHIN_SECONDS = 120


def start_writers(program: Program, server: Server) -> list[threading.Thread]:
    """Record contacts until the server is gone."""

    def write() -> None:
        with program.browser(server) as browser:
            while True:
                try:
                    program.record(browser)
                except httpx.HTTPError:
                    return

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    return threads


def wait_for_answers(program: Program) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while len(program.answered) < ANSWERS:
        assert time.monotonic() < deadline, f"{len(program.answered)} answers in {ANSWERS_WITHIN_SECONDS} seconds"
        time.sleep(0.01)


def processes_of(server: Server) -> list[psutil.Process]:
    supervisor = psutil.Process(server.process.pid)
    return [supervisor, *supervisor.children(recursive=True)]


def test_everything_killed_while_writing(program: Program) -> None:
    with program.running() as server:
        writers = start_writers(program, server)
        wait_for_answers(program)
        for process in processes_of(server):
            process.kill()
        for writer in writers:
            writer.join()
        server.process.wait()
    program.assert_nothing_lost()
    with program.running() as server, program.browser(server) as browser:
        assert program.record(browser).status_code == 302
    program.assert_nothing_lost()


def test_a_contact_sent_again_after_the_kill_counts_once(program: Program) -> None:
    with program.running() as server, program.browser(server) as browser:
        assert program.record(browser).status_code == 302
        for process in processes_of(server):
            process.kill()
        server.process.wait()
    (contact,) = program.answered
    with program.running() as server, program.browser(server) as browser:
        assert program.record(browser, contact=contact).status_code == 302
    assert program.look()["contacts"] == [str(contact)]


@pytest.mark.once
def test_killed_workers_are_replaced(program: Program) -> None:
    with program.running() as server:
        workers = processes_of(server)[1:]
        for worker in workers:
            worker.kill()
        psutil.wait_procs(workers, timeout=5)
        wait_until_up(server)
        with program.browser(server) as browser:
            assert program.record(browser).status_code == 302
    program.assert_nothing_lost()


@pytest.mark.once
def test_nothing_survives_a_killed_supervisor(program: Program) -> None:
    with program.running() as server:
        supervisor, *others = processes_of(server)
        supervisor.kill()
        _gone, alive = psutil.wait_procs(others, timeout=10)
        assert not alive
        server.process.wait()


@pytest.mark.once
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_quickly_and_wholly(program: Program, by: signal.Signals) -> None:
    with program.running() as server:
        writers = start_writers(program, server)
        time.sleep(1)
        everybody = processes_of(server)
        started = time.monotonic()
        server.process.send_signal(by)
        _gone, alive = psutil.wait_procs(everybody, timeout=10)
        seconds = time.monotonic() - started
        for writer in writers:
            writer.join()
    assert not alive
    assert seconds < STOP_SECONDS
    assert server.process.returncode == 0
    program.assert_nothing_lost()
