"""Phones, a bad network and a server that is killed: every contact is stored once, and the stock adds up.

`benchmarks/torture.py` runs the same with a hundred phones, a thousand contacts each and two hundred kills.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from alongside.config.supervisor import ALARMS
from tests.faults.conftest import Program, in_home
from tests.faults.fleet import SYRINGES, Carrier, Plan, carriers
from tests.faults.network import Network
from tests.faults.stoppable import Stoppable
from tests.faults.test_kill import processes_of
from tests.plugins.server import Server

PHONES, CONTACTS, KILLS = (
    int(os.environ.get(name, usual)) for name, usual in (("PHONES", "10"), ("CONTACTS", "200"), ("KILLS", "20"))
)
KILLS_PER_STOP_OF_POSTGRES = 3
PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS", "300"))


def kill_workers(server: Server) -> None:
    """SIGKILL for whatever handles requests and does the jobs, all at once. The supervisor starts others. The alarms'
    processes have no part in this and a torture of their own; new ones each time would be half of this test's work.
    """
    for process in processes_of(server)[1:]:
        with suppress(psutil.NoSuchProcess):
            if ALARMS[-1] not in process.cmdline():
                process.kill()


def torture(
    server: Server, fleet: list[Carrier], *, kills: int, database: Stoppable | None, chance: random.Random
) -> int:
    """Let the phones work, and kill when some more has been answered since the last time. Answers how often."""
    threads = [threading.Thread(target=carrier.work, daemon=True) for carrier in fleet]
    for thread in threads:
        thread.start()
    step = sum(carrier.plan.contacts for carrier in fleet) / (kills + 1)
    done, deadline = 0, time.monotonic() + PATIENCE_SECONDS
    while any(thread.is_alive() for thread in threads):
        assert time.monotonic() < deadline, "the phones have not finished"
        if done < kills and sum(carrier.answered for carrier in fleet) > step * (done + chance.random()):
            done += 1
            if database and done % KILLS_PER_STOP_OF_POSTGRES == 0:
                database.stop(signal.SIGQUIT)
                database.start()
            else:
                kill_workers(server)
        time.sleep(0.02)
    return done


def note_down(found: dict[str, Any], made: set[str], *, kills: int, left: int, seconds: float) -> None:
    """For the benchmark. Something counted twice shows in the stock: every contact gave out the same."""
    if place := os.environ.get("FOUND"):
        figures = {
            "lost": len(made - set(found["contacts"])),
            "doubled": found["out"]["naloxone-nasal-4mg"] - left,
            "contacts": len(made),
            "kills": kills,
            "seconds": round(seconds),
        }
        Path(place).write_text(json.dumps(figures))


def test_nothing_is_lost_and_nothing_counts_twice(program_that_may_stop: Program, stoppable: Stoppable | None) -> None:
    program = program_that_may_stop
    known = in_home(program.home, "phones", str(PHONES), database_url=program.database_url)
    chance = random.Random(20260103)
    begin = time.monotonic()
    with program.running() as server, Network(seed=1).running() as network:
        network.target = int(server.url.rpartition(":")[2])
        fleet = carriers(known, port=network.port, site=program.site, plan=Plan(contacts=CONTACTS), seed=2)
        kills = torture(server, fleet, kills=KILLS, database=stoppable, chance=chance)
    found = program.look()
    made = {str(contact) for carrier in fleet for contact in carrier.phone.made}
    undone = {str(contact) for carrier in fleet for contact in carrier.undone}
    note_down(found, made, kills=kills, left=len(made) - len(undone), seconds=time.monotonic() - begin)
    assert kills == KILLS
    assert len(made) == PHONES * CONTACTS
    assert [each for carrier in fleet for each in carrier.unexpected] == []
    assert set(found["contacts"]) == made
    assert set(found["undone"]) == undone
    assert found["out"]["syringe-1ml-29g-half"] == SYRINGES * (len(made) - len(undone))
    assert found["out"]["naloxone-nasal-4mg"] == len(made) - len(undone)
    assert (found["is_whole"], found["integrity"], found["attempts"]) == (True, "ok", 0)
    assert set(network.seen) >= {"cut before", "cut on the way", "cut on the way back", "came late", "doubled"}
