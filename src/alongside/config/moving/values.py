"""One way to write a row that is the same for every database, and to read it back."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db.models import Field, ForeignKey

_DIGEST_BYTES = 16


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode("ascii")
    raise TypeError(f"A backup has no way to write a {type(value).__name__}.")


# Sorted, because PostgreSQL keeps the keys of JSON in an order of its own.
write_row: Callable[[Sequence[Any]], str] = json.JSONEncoder(
    default=_as_json, sort_keys=True, separators=(",", ":"), ensure_ascii=False
).encode

_READERS: dict[str, Callable[[Any], Any]] = {
    "BinaryField": b64decode,
    "DateField": date.fromisoformat,
    "DateTimeField": datetime.fromisoformat,
    "DecimalField": Decimal,
    "DurationField": lambda microseconds: timedelta(microseconds=microseconds),
    "TimeField": time.fromisoformat,
    "UUIDField": UUID,
}


def readers_of(fields: Iterable[Field[Any, Any]]) -> dict[int, Callable[[Any], Any]]:
    """For each position whose JSON is not yet the value itself, what makes it so."""
    kinds = (_own_kind(field) for field in fields)
    return {position: _READERS[kind] for position, kind in enumerate(kinds) if kind in _READERS}


def _own_kind(field: Field[Any, Any]) -> str:
    """What is stored in the column: for a foreign key, what it points to."""
    while isinstance(field, ForeignKey):
        field = field.target_field
    return field.get_internal_type()


class Tally:
    """Counts rows and adds up their digests, so that two tables compare equal whatever order they come in."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: str) -> None:
        self.rows += 1
        digest = blake2b(line.encode(), digest_size=_DIGEST_BYTES).digest()
        self._sum = (self._sum + int.from_bytes(digest, "big")) % (1 << (8 * _DIGEST_BYTES))

    @property
    def digest(self) -> str:
        return f"{self._sum:0{2 * _DIGEST_BYTES}x}"
