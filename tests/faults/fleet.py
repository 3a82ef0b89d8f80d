"""Phones that record, send, are cut off, signed out and send again, until everything they made has its word."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import UUID

from alongside.encounters.outbox.sealing import PublicKey
from tests.sync.phone import Envelope, Phone

SYRINGES = 10
FORM = {"items.syringe-1ml-29g-half": str(SYRINGES), "items.naloxone-nasal-4mg": "1", "syringes.returned.count": "8"}
CSRF = "a" * 32
OWN = {"x-csrftoken": CSRF, "connection": "close"}
TAKEN = {"accepted", "duplicate"}


@dataclass(kw_only=True)
class Plan:
    """What the phones of one run are like."""

    contacts: int
    most_in_a_batch: int = 40
    undone_share: float = 0.05
    sign_out_share: float = 0.04
    clocks_off_hours: float = 30


@dataclass(kw_only=True)
class Carrier:
    """One phone with its worker. `sessions` are as many as it can sign in; a signed-out one costs the next."""

    phone: Phone
    sessions: list[str]
    port: int
    plan: Plan
    chance: random.Random
    undone: set[UUID] = field(default_factory=set)
    words: Counter[str] = field(default_factory=Counter)
    unexpected: list[dict[str, str]] = field(default_factory=list)
    answered: int = 0
    _queue: list[Envelope] = field(default_factory=list)

    def work(self) -> None:
        while len(self.phone.made) < self.plan.contacts or self._queue:
            self._record(self.chance.randint(1, self.plan.most_in_a_batch))
            self._send()

    def _record(self, count: int) -> None:
        for _ in range(min(count, self.plan.contacts - len(self.phone.made))):
            self._queue.append(self.phone.contact(**FORM))
            if self.chance.random() < self.plan.undone_share:
                self.undone.add(self.phone.made[-1])
                self._queue.insert(self.chance.randrange(len(self._queue)), self.phone.undo(self.phone.made[-1]))

    def _send(self) -> None:
        batch = self._queue[: self.chance.randint(1, 2 * self.plan.most_in_a_batch)]
        if len(self.sessions) > 1 and self.chance.random() < self.plan.sign_out_share:
            threading.Thread(target=self._ask, args=("/sign-in/out/", b"", {}), daemon=True).start()
        content = json.dumps(self.phone.upload(*batch)).encode()
        status, answer = self._ask("/api/sync/", content, {"content-type": "application/json"})
        if status == 200:
            self._take_note(answer["answers"])
        elif status == 401 and len(self.sessions) > 1:
            self.sessions.pop(0)
        else:
            time.sleep(self.chance.uniform(0.1, 0.5))

    def _take_note(self, answers: list[dict[str, str]]) -> None:
        said = {each["id"]: each["word"] for each in answers}
        self.words.update(said.values())
        self.unexpected += [each for each in answers if each["word"] not in TAKEN]
        self.answered += len(said)
        self._queue = [each for each in self._queue if each["id"] not in said]

    def _ask(self, path: str, content: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """The status and what came with it; 0 if the network or the server was not there."""
        cookies = f"alongside={self.sessions[0]}; alongside_csrf={CSRF}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", path, content, {**OWN, "cookie": cookies, **headers})
            answer = connection.getresponse()
            body = answer.read()
            return answer.status, json.loads(body) if answer.status == 200 else None
        except (OSError, HTTPException, ValueError):
            return 0, None
        finally:
            connection.close()


def carriers(known: dict[str, Any], *, port: int, site: int, plan: Plan, seed: int) -> list[Carrier]:
    """One for each worker token that `seed.py phones` made, with sessions dealt out among them."""
    chance, workers = random.Random(seed), known["workers"]
    return [
        Carrier(
            phone=Phone(
                key=PublicKey(kid=known["kid"], raw=known["public_key"]),
                worker=worker,
                site=site,
                clock_off=timedelta(hours=chance.uniform(-1, 1) * plan.clocks_off_hours),
            ),
            sessions=known["sessions"][number :: len(workers)],
            port=port,
            plan=plan,
            chance=random.Random(seed + number),
        )
        for number, worker in enumerate(workers)
    ]
