"""Lanes: messages to one server wait for each other, those to different servers never.

Each lane has threads of its own, made when there is work and gone soon after. A lane whose server answers quickly is
given more at a time; one that hangs gets no more than its threads hold.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from alongside.messaging.alerting.channels.carrying import Carry, Message
from alongside.messaging.asking import NotAccepted, Session

THREADS_A_LANE = 6
THREADS_IN_ALL = 96
IDLE_SECONDS = 5.0
MOST_AT_ONCE = 512
SLOW_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How it went with one message."""

    id: UUID
    receipt: str = ""
    error: str = ""
    is_final: bool = False


class Lane:
    """A queue and its threads. Made, filled and asked by one thread; emptied by others."""

    def __init__(self, carry: Carry, *, done: Callable[[Result], None], may_grow: Callable[[], bool]) -> None:
        self._carry = carry
        self._done = done
        self._may_grow = may_grow
        self._waiting: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._held = 0
        self._depth = THREADS_A_LANE
        self.threads = 0

    @property
    def room(self) -> int:
        """How many more it may be given now. A quick one takes many at a time: each time costs a transaction."""
        free = max(0, self._depth - self._held)
        return free if self._depth == THREADS_A_LANE or free * 2 >= self._depth else 0

    def give(self, messages: list[Message]) -> None:
        with self._guard:
            self._held += len(messages)
        for message in messages:
            self._waiting.put(message)
        for _each in range(min(THREADS_A_LANE, self._held) - self.threads):
            if self.threads and not self._may_grow():
                return
            self._start_thread()

    def _start_thread(self) -> None:
        with self._guard:
            self.threads += 1
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        session: Session = {}
        while self._work_once(session):
            pass
        for connection in session.values():
            connection.close()

    def _work_once(self, session: Session) -> bool:
        """False when there has been nothing to do for a while."""
        try:
            message = self._waiting.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            with self._guard:
                if self._waiting.empty():
                    self.threads -= 1
                    return False
            return True
        began = time.monotonic()
        self._done(self._result(message, session))
        self._adapt(time.monotonic() - began)
        return True

    def _adapt(self, seconds: float) -> None:
        with self._guard:
            self._held -= 1
            if seconds > SLOW_SECONDS:
                self._depth = THREADS_A_LANE
            elif self._held <= self._depth // 4:
                self._depth = min(MOST_AT_ONCE, self._depth * 2)

    def _result(self, message: Message, session: Session) -> Result:
        try:
            return Result(id=message.id, receipt=self._carry(message, session)[:120])
        except NotAccepted as failure:
            return Result(id=message.id, error=str(failure)[:120] or "not accepted", is_final=failure.is_final)
        except Exception as error:  # noqa: BLE001 (one odd address must not stop the messages behind it)
            return Result(id=message.id, error=f"our mistake: {type(error).__name__}")
