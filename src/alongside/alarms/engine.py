"""The processes of the alarm: a runner, a sender and an auditor, each replaced as soon as it dies. Without Django.

They are forked from one small process after everything is loaded, so that they share its memory.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alongside.alarms.auditor import keep_auditing
from alongside.alarms.beats import Heart
from alongside.alarms.runner import BATCH, Also, fire_due
from alongside.jobs.store import Store, StoreAway
from alongside.messaging.alerting.addresses import AddressBook
from alongside.messaging.alerting.channels.carrying import Carry
from alongside.messaging.alerting.sender import LEASE_SECONDS, Sender

IDLE_SECONDS = 0.05
AWAY_SECONDS = 0.3
SET_ASIDE_MS = 5_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What the parts need. `also` and `chores` belong to services: see `config/alarming.py`."""

    open_store: Callable[[], Store]
    channels: Mapping[str, Carry]
    book: AddressBook
    heartbeat: Callable[[], None] = lambda: None
    lease_seconds: float = LEASE_SECONDS
    also: Mapping[str, Also] = field(default_factory=dict)
    chores: tuple[Callable[[Store], None], ...] = ()
    """Called by the runner with every beat."""

    def run_runner(self, stopping: threading.Event) -> None:
        heart = Heart("runner")
        store: Store | None = None
        batch, is_away = BATCH, False
        while not stopping.is_set():
            try:
                store = store or self.open_store()
                heart.beat(store)
                done = fire_due(store, batch=batch, also=dict(self.also))
                batch = min(BATCH, batch * 2) if done else batch
                self._do_chores(store)
            except StoreAway as error:
                if not is_away:
                    logger.warning("The alarm runner waits for the database: %s", _said(error))
                is_away = True
                batch = self._after_failure(store, batch)
                store = None
                stopping.wait(AWAY_SECONDS)
            else:
                is_away = False
                stopping.wait(0 if done else IDLE_SECONDS)
        if store is not None:
            store.close()

    def run_sender(self, stopping: threading.Event) -> None:
        heart = Heart("sender")
        self._sender().run(stopping, tick=heart.beat)

    def run_auditor(self, stopping: threading.Event) -> None:
        def send_yourself() -> None:
            self._sender().send_all(seconds=5)

        keep_auditing(
            self.open_store,
            stopping,
            tick=Heart("auditor").beat,
            send_yourself=send_yourself,
            heartbeat=self.heartbeat,
        )

    def _sender(self) -> Sender:
        return Sender(self.open_store, channels=self.channels, book=self.book, lease_seconds=self.lease_seconds)

    def _do_chores(self, store: Store) -> None:
        """After the alarms: what is wrong with a chore holds up none of them."""
        for chore in self.chores:
            chore(store)

    def _after_failure(self, store: Store | None, batch: int) -> int:
        """One bad row must not stop the others: smaller batches find it, and then it waits for some seconds."""
        if batch > 1 or store is None:
            return max(1, batch // 8)
        try:
            store.change(
                "UPDATE alarms_alarm SET next_ms = next_ms + %s WHERE id = (SELECT id FROM alarms_alarm "
                f"WHERE next_ms <= {store.now_sql} ORDER BY next_ms LIMIT 1)",
                [SET_ASIDE_MS],
            )
        except StoreAway:
            return 1
        return 1


PARTS: dict[str, Callable[[Engine, threading.Event], None]] = {
    "runner": Engine.run_runner,
    "sender": Engine.run_sender,
    "auditor": Engine.run_auditor,
}


def run_parts(engine: Engine, *, parts: tuple[str, ...], stopping: threading.Event) -> None:
    """Keep the parts alive until `stopping`. Returns when all have ended."""
    gc.freeze()
    children: dict[int, str] = {}
    waiting = list(parts)
    while not stopping.is_set():
        while waiting:
            part = waiting.pop()
            children[_fork(engine, part)] = part
        stopping.wait(0.2)
        waiting += _ended(children)
    for pid in children:
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + 3
    while children and time.monotonic() < until:
        _ended(children)
        time.sleep(0.02)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _ended(children: dict[int, str]) -> list[str]:
    """The parts whose processes have died, each forgotten once."""
    gone: list[str] = []
    for pid in list(children):
        try:
            ended, _status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            ended = pid
        if ended:
            gone.append(children.pop(pid))
    return gone


def _fork(engine: Engine, part: str) -> int:
    parent = os.getpid()  # asked in the child, it would be somebody else's if the parent was killed just now
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _become(engine, part, parent)
        code = 0
    except Exception as error:  # noqa: BLE001 (a forked process must end here, and its parent starts another)
        logger.error("The alarm's %s made a mistake and is started again: %s", part, _said(error))  # noqa: TRY400
        time.sleep(0.2)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _become(engine: Engine, part: str, parent: int) -> None:
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(parent, stopping), daemon=True).start()
    PARTS[part](engine, stopping)


def _end_with_parent(parent: int, stopping: threading.Event) -> None:
    """Also when the parent was killed and could say nothing."""
    while os.getppid() == parent and not stopping.is_set():
        time.sleep(0.5)
    stopping.set()


def _said(error: Exception) -> str:
    """Kind and place of an error. Not its text, which may quote a row."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
