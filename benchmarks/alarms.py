"""Alarms: how late they arrive when very many are due in the same moment, beside the same rows in bare SQL.

The alarm's real processes send to a webhook server on loopback, in a process of its own. Lateness is arrival less
deadline, both by this computer's clock. Figures: alarms.{10k,100k}.{first,p999,floor}_s, alarms.{10k,100k}.cpu_s
(processor time of all the alarm's processes, which says more than a clock does on a computer that has other work),
alarms.spread.p999_s (100 a second), alarms.bad_channels.delay_s (what one that hangs, one that refuses and one that is
slow cost the other seven), alarms.races.wrong (10,000 answers at the deadline) and alarms.*.lost.
`PARTS=10k,spread make bench ONLY=alarms` measures less.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil

from benchmarks.harness import Database, on_each_database, say, this_database

KIND = "bench.alarm"
LEAD_SECONDS = 4
FAR_MS = 10**15
BATCH = 500


class Sink(asyncio.Protocol):
    """As little HTTP as will do, so that it leaves the two cores to what is measured."""

    came: list[tuple[float, str]] = []
    status = b"204"
    wait_seconds = 0.0

    def __init__(self) -> None:
        self.waiting = b""
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head = self.waiting[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self.waiting) < end + 4 + length:
                return
            body, self.waiting = self.waiting[end + 4 : end + 4 + length], self.waiting[end + 4 + length :]
            self.came.append((time.time(), body.split(b'"incident": "')[1][:32].decode()))
            asyncio.get_running_loop().call_later(self.wait_seconds, self.answer)

    def answer(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + self.status + b" X\r\nContent-Length: 0\r\n\r\n")


def serve(to_parent: Connection, behaviours: list[tuple[bytes, float]]) -> None:
    """One server for each behaviour; whatever is sent to us is answered with all that has come."""
    asyncio.run(_serve(to_parent, behaviours))


async def _serve(to_parent: Connection, behaviours: list[tuple[bytes, float]]) -> None:
    loop = asyncio.get_running_loop()
    kinds = [
        type("Behaving", (Sink,), {"status": status, "wait_seconds": wait_seconds, "came": []})
        for status, wait_seconds in behaviours
    ]
    servers = [await loop.create_server(kind, "127.0.0.1", 0) for kind in kinds]
    to_parent.send([server.sockets[0].getsockname()[1] for server in servers])
    while True:
        await loop.run_in_executor(None, to_parent.recv)
        to_parent.send([kind.came for kind in kinds])  # type: ignore[attr-defined]


@dataclass
class Sinks:
    """The servers, seen from outside."""

    ask: Connection
    ports: list[int]

    def came(self) -> list[list[tuple[float, str]]]:
        self.ask.send("?")
        answer: list[list[tuple[float, str]]] = self.ask.recv()
        return answer


@contextmanager
def sinks(*behaviours: tuple[bytes, float]) -> Iterator[Sinks]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there, list(behaviours)), daemon=True)
    process.start()
    try:
        yield Sinks(here, here.recv())
    finally:
        process.kill()
        process.join()


@contextmanager
def engine(database: Database, computers: int = 1) -> Iterator[list[psutil.Process]]:
    """The alarm's own processes, as `alongside run` starts them."""
    command = [sys.executable, "-m", "alongside.config.cli", "alarms", "run", "--while-open"]
    started = [
        subprocess.Popen(command, env=database.environment(), stdin=subprocess.PIPE) for _each in range(computers)
    ]
    time.sleep(2.5)
    try:
        yield [psutil.Process(each.pid) for each in started]
    finally:
        for each in started:
            each.communicate()


def fill(count: int, ports: list[int], *, spread_seconds: float = 0) -> dict[str, float]:
    """Alarms that are all due in a few seconds (or spread over some): deadline by incident."""
    from django.db import transaction

    from alongside.alarms.stages import Stage, as_text
    from alongside.jobs.django_store import DjangoStore
    from alongside.kernel.ids import uuid7

    program_id, targets = program_with(ports)
    stages = as_text([Stage(after_seconds=0, target_ids=targets), Stage(after_seconds=3600, target_ids=targets)])
    store, ids = DjangoStore(), [uuid7() for _each in range(count)]
    columns = ("id", "program_id", "kind", "subject", "words", "stages", "state", "step", "set_ms", "due_ms", "next_ms")
    after = {each: FAR_MS + round(at * spread_seconds * 1000 / count) for at, each in enumerate(ids)}
    with transaction.atomic():
        for start in range(0, count, BATCH):
            store.insert(
                "alarms_alarm",
                columns,
                [
                    (store.id(each), program_id, KIND, store.id(each), "No answer.", stages, "waiting", 0, 0, ms, ms)
                    for each, ms in list(after.items())[start : start + BATCH]
                ],
            )
    begin_ms = draw_near(round(1000 * (LEAD_SECONDS + count / 4000)))
    return {each.hex: (begin_ms + ms - FAR_MS) / 1000 for each, ms in after.items()}


def draw_near(lead_ms: int) -> int:
    """Filling takes as long as it takes; only now the deadlines come near, all in one statement. Returns the first."""
    from alongside.jobs.django_store import DjangoStore

    store = DjangoStore()
    begin_ms = store.now_ms() + lead_ms
    store.change(
        "UPDATE alarms_alarm SET due_ms = due_ms - %s, next_ms = next_ms - %s WHERE due_ms >= %s",
        [FAR_MS - begin_ms, FAR_MS - begin_ms, FAR_MS],
    )
    if store.now_ms() >= begin_ms:
        raise SystemExit("The deadlines passed while they were being set: this computer is too busy to measure on.")
    return begin_ms


def program_with(ports: list[int]) -> tuple[int, tuple[UUID, ...]]:
    from alongside.messaging.alerting.models import Target
    from alongside.sites.models import Program

    program, _made = Program.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    found = []
    for port in ports:
        place = f"127.0.0.1:{port}"
        target = Target(program=program, name=place, channel="webhook", lane=f"webhook:{place}", made_ms=0)
        target.is_backup = False
        target.keep_sealed("address", json.dumps({"url": f"http://{place}/"}))
        target.save(force_insert=True)
        found.append(target.pk)
    return program.pk, tuple(found)


def cpu_seconds(started: list[psutil.Process]) -> float:
    """Of the alarm's processes. What PostgreSQL spends is its own."""
    everybody = [each for parent in started for each in (parent, *parent.children())]
    return sum(sum(each.cpu_times()[:2]) for each in everybody)


def forget() -> None:
    from alongside.jobs.django_store import DjangoStore

    store = DjangoStore()
    for table in ("alerting_dispatch", "alarms_alarm", "alerting_target"):
        store.change(f"DELETE FROM {table}")


def lateness(due: dict[str, float], came: list[tuple[float, str]]) -> list[float]:
    """Of each alarm's first message, sorted."""
    first: dict[str, float] = {}
    for at, incident in came:
        first[incident] = min(at, first.get(incident, at))
    return sorted(at - due[incident] for incident, at in first.items() if incident in due)


def wait_for(due: dict[str, float], come: Sinks, which: int, *, seconds: float) -> list[float]:
    time.sleep(max(0, min(due.values()) - time.time()))
    until = time.monotonic() + seconds
    while True:
        late = lateness(due, come.came()[which])
        if len(late) == len(due) or time.monotonic() > until:
            return late
        time.sleep(0.5)


def at_once(database: Database, count: int, name: str, *, first_s: float, p999_s: float) -> None:
    floor = bare_seconds(database, count)
    with sinks((b"204", 0)) as come, engine(database) as started:
        due = fill(count, come.ports)
        before = cpu_seconds(started)
        late = wait_for(due, come, 0, seconds=max(60, p999_s * 3))
        spent = cpu_seconds(started) - before
    say(f"alarms.{name}.cpu_s.{database.name}", spent, "s")
    say(f"alarms.{name}.first_s.{database.name}", late[0], "s", target=first_s)
    p999 = late[min(len(late) - 1, int(len(late) * 0.999))]
    say(f"alarms.{name}.p50_s.{database.name}", late[len(late) // 2], "s")
    say(f"alarms.{name}.p999_s.{database.name}", p999, "s", target=p999_s, floor=floor)
    say(f"alarms.{name}.lost.{database.name}", count - len(late), "alarms", target=0)
    forget()


def spread(database: Database, *, a_second: int = 100, seconds: int = 20) -> None:
    with sinks((b"204", 0)) as come, engine(database):
        due = fill(a_second * seconds, come.ports, spread_seconds=seconds)
        late = wait_for(due, come, 0, seconds=seconds + 30)
    say(f"alarms.spread.p999_s.{database.name}", late[int(len(late) * 0.999)], "s", target=1)
    say(f"alarms.spread.lost.{database.name}", len(due) - len(late), "alarms", target=0)
    forget()


def bad_channels(database: Database, *, count: int = 300) -> None:
    """The same with ten good ones, and with three bad ones among them."""
    worst = []
    for bad in ([(b"204", 0.0)] * 3, [(b"204", 3600.0), (b"503", 0.0), (b"204", 0.7)]):
        with sinks(*bad, *[(b"204", 0.0)] * 7) as come, engine(database):
            due = fill(count, come.ports)
            worst.append(max(max(wait_for(due, come, which, seconds=60)) for which in range(3, 10)))
        forget()
    say(f"alarms.bad_channels.delay_s.{database.name}", worst[1] - worst[0], "s", target=1)


def bare_seconds(database: Database, count: int) -> float:
    """The same claims, inserts and marks on the bare driver: nothing is decided, put into words or sent."""
    from alongside.jobs.store import Store as AnyStore
    from alongside.jobs.store import places

    store: AnyStore = bare_store()
    fill(count, [9])
    begin = time.perf_counter()
    for _batch in range(0, count, BATCH):
        with store.transaction():
            rows = store.rows(f"SELECT id, program_id FROM alarms_alarm WHERE step = 0 LIMIT {BATCH}{store.alone_sql}")
            ids = [row[0] for row in rows]
            kept = ("id", "program_id", "kind", "subject", "words", "due_ms", "raised_ms", "outcome")
            store.insert("alarms_incident", kept, [(i, p, KIND, i, "No answer.", 0, 0, "") for i, p in rows])
            told = ("program_id", "incident_id", "at_ms", "action", "note")
            store.insert("alarms_incidentevent", told, [(p, i, 0, "raised", "1") for i, p in rows])
            out = ("id", "program_id", "incident", "channel", "lane", "words", "urgency", "made_ms", "next_ms")
            more = ("expires_ms", "attempts", "error", "receipt")
            sent = [(i, p, i, "webhook", "webhook:x", "No answer.", 0, 0, 1, 1, 0, "", "") for i, p in rows]
            store.insert("alerting_dispatch", (*out, *more), sent)
            store.change(f"UPDATE alarms_alarm SET step = 1 WHERE id IN ({places(len(ids))})", ids)
        for change in ("next_ms = 2, attempts = 1", "accepted_ms = 1, next_ms = NULL"):
            with store.transaction():
                store.change(f"UPDATE alerting_dispatch SET {change} WHERE id IN ({places(len(ids))})", ids)
    seconds = time.perf_counter() - begin
    store.close()
    forget()
    return seconds


def bare_store() -> Any:
    from alongside.config import database
    from alongside.config.alarming import store_opener

    return store_opener(database.from_environment()["default"])()


def races(database: Database, *, rounds: int) -> None:
    """As tests/alarms/test_races.py, more often. A wrong ending raises there."""
    from django_scopes import scopes_disabled

    from alongside.sites.models import Program
    from tests.alarms.test_races import race
    from tests.alarms.watching import webhook

    with scopes_disabled():
        program = Program.objects.get(slug="bench")
        endings = race(program, webhook(program, "http://127.0.0.1:9/"), rounds=rounds)
    say(f"alarms.races.wrong.{database.name}", rounds - sum(endings.values()), "rounds", target=0)
    for ending, count in sorted(endings.items()):
        say(f"alarms.races.{ending.replace(' ', '_')}.{database.name}", count, "rounds")


def main() -> None:
    database = this_database()
    if database is None:
        on_each_database(__file__)
        return
    database.use_here()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    program_with([9])
    wanted = os.environ["PARTS"].split(",") if os.environ.get("PARTS") else []
    parts = {
        "10k": lambda: at_once(database, 10_000, "10k", first_s=0.5, p999_s=5),
        "100k": lambda: at_once(database, 100_000, "100k", first_s=0.5, p999_s=50),
        "spread": lambda: spread(database),
        "bad": lambda: bad_channels(database),
        "races": lambda: races(database, rounds=10_000),
    }
    for name, measure in parts.items():
        if not wanted or name in wanted:
            measure()


if __name__ == "__main__":
    main()
