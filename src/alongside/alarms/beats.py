"""Signs of life of each part of the alarm, by the database's clock. Without Django."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, field

from alongside.jobs.store import Store

BEAT_SECONDS = 2.0
SILENT_MS = 15_000
PARTS = ("runner", "sender", "auditor")


@dataclass
class Heart:
    """Beats at most every `BEAT_SECONDS`, however often it is asked to."""

    part: str
    _last: float = field(default=float("-inf"))

    def beat(self, store: Store) -> None:
        if time.monotonic() - self._last < BEAT_SECONDS:
            return
        before = time.time()
        now_ms = store.now_ms()
        skew_ms = round((before + time.time()) * 500) - now_ms
        name = f"{self.part}@{socket.gethostname()[:80]}/{os.getpid()}"
        store.change(
            "INSERT INTO alarms_beat (name, part, at_ms, skew_ms) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (name) DO UPDATE SET at_ms = excluded.at_ms, skew_ms = excluded.skew_ms",
            [name, self.part, now_ms, skew_ms],
        )
        store.change("DELETE FROM alarms_beat WHERE at_ms < %s", [now_ms - 24 * 3600 * 1000])
        self._last = time.monotonic()


def silent_parts(store: Store) -> list[str]:
    """Parts of which no computer has shown life lately."""
    rows = store.rows(f"SELECT DISTINCT part FROM alarms_beat WHERE at_ms > {store.now_sql} - {SILENT_MS}")
    living = {part for (part,) in rows}
    return [part for part in PARTS if part not in living]
