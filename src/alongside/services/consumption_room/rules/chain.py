"""The chain of the record: each line's digest is taken over the line and the digest before it.

Whoever changes, drops or puts in a line has to change every digest after it, and so the last one, which stands on each
sheet of paper that was printed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from alongside.services.consumption_room.rules.lines import Line

START = bytes(32)
SHORT = 12


def digest_of(line: Line, *, before: bytes, room_id: int) -> bytes:
    """SHA-256 over the digest before and every column of the line, times in microseconds of UTC."""
    said = [
        room_id,
        line.number,
        line.kind,
        line.value,
        _instant(line.happened_at),
        _instant(line.entered_at),
        line.by_id,
        line.visit_id and str(line.visit_id),
        line.emergency_id and str(line.emergency_id),
        line.corrects,
    ]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(before + text.encode()).digest()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """How far the chain holds. `broken_at` is the number of the first line that does not fit, None if all do."""

    lines: int
    head: str
    broken_at: int | None = None


def check(lines: Iterable[tuple[Line, bytes]], *, room_id: int) -> Checked:
    """Follow the chain from the first line. Lines come in the order of their numbers."""
    before, count = START, 0
    for line, kept in lines:
        expected = digest_of(line, before=before, room_id=room_id)
        if line.number != count + 1 or expected != kept:
            return Checked(lines=count, head=before.hex(), broken_at=count + 1)
        before, count = expected, line.number
    return Checked(lines=count, head=before.hex())


def short(digest: bytes | str) -> str:
    """The part of a digest that is printed and read out."""
    text = digest if isinstance(digest, str) else digest.hex()
    return text[:SHORT]
