"""kill -9 of everything an alarm needs, at random moments: nobody who did not answer is forgotten (properties 1, 2, 9).

Runner, sender, auditor, whoever watches over them, the pages' processes and, where it is one, the database server. 25
kills over 160 deadlines every day; `make faults` kills 200 times over 2,000, with one and with four computers.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest

from tests.alarms.processes import Parts
from tests.alarms.sinks import Sink, listening
from tests.faults.alone import IN_TIME, Person, Promise
from tests.faults.conftest import Program, in_home
from tests.faults.stoppable import Stoppable
from tests.plugins.figures import Figures
from tests.plugins.server import Server

KILLS = int(os.environ.get("ALARM_KILLS", "25"))
IS_LONG = KILLS > 25
BY_PAGE, BY_HAND, PROGRAMS, PEOPLE = (500, 1500, 20, 10) if IS_LONG else (40, 120, 2, 5)
BETWEEN_SECONDS = 0.3
SECONDS = KILLS * BETWEEN_SECONDS
FOUND_WITHIN_SECONDS = 60
NEARLY_MS = 2_000
SEED = "tests.faults.check_in_seed"


@dataclass
class Killer:
    """Chooses what dies next."""

    server: Server
    others: Parts
    database: Stoppable | None
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)

    def kill_one(self) -> None:
        weights = (6, 3, 1 if self.database else 0)
        (what,) = self.chance.choices(("alarm", "page", "database"), weights)
        self.killed[what] += 1
        if what == "database" and self.database:
            self.database.stop(signal.SIGQUIT)
            self.database.start()
            return
        alarms, pages = self._alive()
        with suppress(psutil.NoSuchProcess, IndexError):
            self.chance.choice(alarms if what == "alarm" else pages).kill()
        self.others.replace_dead()

    def _alive(self) -> tuple[list[psutil.Process], list[psutil.Process]]:
        """Of the alarm on every computer; and those that serve pages."""
        alarms, pages = self.others.all(), []
        for each in psutil.Process(self.server.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if "alarms" in each.cmdline():
                    alarms += [each, *each.children()]
                else:
                    pages.append(each)
        return alarms, pages


@pytest.fixture
def sink() -> Iterator[Sink]:
    one = Sink(wait_seconds=0.02)  # so that a sender which dies holds something
    with listening(one):
        yield one


@contextmanager
def living(people: list[Person]) -> Iterator[None]:
    stopping = threading.Event()
    threads = [threading.Thread(target=person.live, args=(stopping,)) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def look(program: Program, promises: list[Promise]) -> dict[str, Any]:
    file = program.home / "words.json"
    file.write_text(json.dumps([promise.key for promise in promises]))
    found = in_home(program.home, "look", str(file), database_url=program.database_url, module=SEED)
    return found | {"check_ins": {tuple(key): what for key, what in found["check_ins"]}}


def missed(found: dict[str, Any], set_by_hand: list[str], promises: list[Promise]) -> set[str]:
    """The alarms of all who did not answer in time, as they themselves know it."""
    silent = [promise.key for promise in promises if promise.said != IN_TIME]
    return {*set_by_hand, *(found["check_ins"][each]["alarm"] for each in silent)}


def wait_until_told(sink: Sink, everybody: set[str]) -> None:
    until = time.monotonic() + FOUND_WITHIN_SECONDS
    while everybody - sink.incidents().keys() and time.monotonic() < until:
        time.sleep(0.2)


def broken_promises(found: dict[str, Any], promises: list[Promise]) -> list[Promise]:
    """Somebody was told a time, and the deadline on the disk is not that, or a later one that they did not hear of."""
    return [
        each for each in promises if found["check_ins"].get(each.key, {"due_ms": 0})["due_ms"] < each.due_ms - NEARLY_MS
    ]


@pytest.mark.parametrize("computers", [1, 4] if IS_LONG else [2])
def test_whatever_dies_nobody_is_forgotten(
    program_that_may_stop: Program, sink: Sink, stoppable: Stoppable | None, figures: Figures, computers: int
) -> None:
    program = program_that_may_stop
    chance = random.Random(20261122 + computers)
    made = in_home(program.home, "cover", sink.url, str(PROGRAMS), database_url=program.database_url, module=SEED)
    others = Parts(url=program.database_url, home=str(program.home))
    with program.running() as server, others.running(computers - 1):
        people = [
            Person(url=server.url, begins=made["addresses"], chance=random.Random(number), most=-(-BY_PAGE // PEOPLE))
            for number in range(PEOPLE)
        ]
        asked = ("set", sink.url, str(BY_HAND), str(SECONDS + 2))
        by_hand = in_home(program.home, *asked, database_url=program.database_url, module=SEED)["alarms"]
        killer = Killer(server, others, stoppable, chance)
        with living(people):
            for _kill in range(KILLS):
                time.sleep(chance.uniform(0, 2 * BETWEEN_SECONDS))
                killer.kill_one()
        promises = [promise for person in people for promise in person.promises]
        silent = missed(look(program, promises), by_hand, promises)
        wait_until_told(sink, silent)
    found, told = look(program, promises), sink.incidents()
    lost = silent - told.keys()
    believed = {found["check_ins"][each.key]["alarm"] for each in promises if each.said == IN_TIME}
    messages = Counter(request.content["message"] for request in sink.requests)
    figures.add(f"alarms.kills.{computers}_computers.lost", len(lost), "alarms", target=0)
    figures.add(f"alarms.kills.{computers}_computers.sent_twice", messages.total() - len(messages), "messages")
    figures.add(f"alarms.kills.{computers}_computers.check_ins", len(promises) + len(by_hand), "check-ins")
    figures.add(f"alarms.kills.{computers}_computers.by_page", len(promises), "check-ins")
    for what, count in sorted(killer.killed.items()):
        figures.add(f"alarms.kills.{computers}_computers.of_{what}", count, "kills")
    assert not lost
    assert not believed & told.keys(), "somebody who answered in time was not believed"
    assert not broken_promises(found, promises), "covered was said without a deadline"
    assert found["without_alarm"] == []
    assert found["is_whole"], "raised without its incident or its messages"
    assert not {*found["broken"]} & {"unclaimed", "no_incident", "told_nobody"}
    assert len(promises) >= BY_PAGE // 10
