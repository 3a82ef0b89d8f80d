"""Requests of one process take turns, and none is kept waiting by one that takes long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from alongside.kernel.baton import Baton

LONG_SECONDS = 20


class Runners:
    """Threads that hold one baton, and the order in which they got on."""

    def __init__(self, baton: Baton, pool: ThreadPoolExecutor) -> None:
        self.baton, self._pool, self.order = baton, pool, list[str]()

    def send(self, name: str, then: Callable[[], object] = lambda: None) -> Future[None]:
        """Returns when the request has the baton or is in the queue."""
        places = len(self.baton._queue)
        future = self._pool.submit(self._run, name, then)
        until = time.monotonic() + LONG_SECONDS
        while name not in self.order and len(self.baton._queue) == places and time.monotonic() < until:
            time.sleep(0.001)
        return future

    def _run(self, name: str, then: Callable[[], object]) -> None:
        with self.baton.held():
            self.order.append(name)
            then()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture
def runners(pool: ThreadPoolExecutor) -> Runners:
    return Runners(Baton(patience_seconds=LONG_SECONDS), pool)


def test_first_come_first_served_and_one_at_a_time(runners: Runners) -> None:
    go, at_once, most = threading.Event(), 0, 0

    def work() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.002)
        at_once -= 1

    sent = [runners.send("first", lambda: go.wait(LONG_SECONDS))]
    sent += [runners.send(name, work) for name in "abcde"]
    go.set()
    for each in sent:
        each.result()
    assert runners.order == ["first", *"abcde"]
    assert most == 1


def test_who_waits_for_something_lets_the_next_in(runners: Runners) -> None:
    asked, answered = threading.Event(), threading.Event()

    def ask() -> None:
        with runners.baton.lent():
            asked.set()
            answered.wait(LONG_SECONDS)
        runners.order.append("asker again")

    asker = runners.send("asker", ask)
    asked.wait(LONG_SECONDS)
    runners.send("other").result()
    answered.set()
    asker.result()
    assert runners.order == ["asker", "other", "asker again"]


def test_those_at_the_door_go_first_when_they_are_let(runners: Runners) -> None:
    go = threading.Event()

    def write() -> None:
        go.wait(LONG_SECONDS)
        runners.baton.let_others_pass()
        runners.order.append("written")

    sent = [runners.send("writer", write), runners.send("a"), runners.send("b")]
    go.set()
    for each in sent:
        each.result()
    assert runners.order == ["writer", "a", "b", "written"]


def test_a_long_request_loses_it_and_those_behind_wait_for_the_next(pool: ThreadPoolExecutor) -> None:
    runners = Runners(Baton(patience_seconds=0.05), pool)
    go = threading.Event()
    report = runners.send("report", lambda: go.wait(LONG_SECONDS))
    begin = time.monotonic()
    runners.send("a").result()
    runners.send("b").result()
    assert time.monotonic() - begin < LONG_SECONDS / 2
    assert not report.done()
    go.set()
    report.result()
    runners.send("c").result()
    assert runners.order == ["report", *"abc"]


def test_a_request_that_fails_gives_it_back(runners: Runners) -> None:
    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        runners.send("fails", fail).result()
    runners.send("next").result()
    assert runners.order == ["fails", "next"]


def test_outside_of_a_request_nothing_waits(runners: Runners) -> None:
    go = threading.Event()
    holder = runners.send("holder", lambda: go.wait(LONG_SECONDS))
    with runners.baton.lent():
        runners.baton.let_others_pass()
    assert not holder.done()
    go.set()
    holder.result()


def test_many_at_once_all_come_through(pool: ThreadPoolExecutor) -> None:
    """Whatever they do in between, and although some are too long for the others' patience."""
    baton, done = Baton(patience_seconds=0.002), list[int]()

    def request(number: int) -> None:
        with baton.held():
            if number % 7 == 0:
                time.sleep(0.005)
            baton.let_others_pass()
            with baton.lent():
                time.sleep(0.0002)
            done.append(number)

    list(pool.map(request, range(400)))
    assert sorted(done) == list(range(400))
    assert baton._holder is None
    assert not baton._queue
