"""What a door hands to `ingest`, and what it gets back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from alongside.sites.models import Program


class Word(StrEnum):
    """One word comes back for each contact. See docs/explanation/one-door.md."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    HELD = "held"
    REFUSED = "refused"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Said:
    """One entry as it was said: a kind's name, the version of its form, and the payload, not yet judged."""

    kind: str
    version: int
    payload: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """One contact as a door understood it. Holds a participant's id, never a code."""

    id: UUID
    site_id: int
    occurred_at: datetime
    entries: tuple[Said, ...]
    precision: str = "d"
    participant_id: UUID | None = None
    people: int | None = 1
    is_each: bool = False
    reached: int | None = None
    corrects: UUID | None = None
    batch: UUID | None = None
    moves_stock: bool = True
    is_now: bool = False
    """Nobody said when: `occurred_at` is when it arrived, and a second arrival of the same form is a repeat."""
    mark: bytes = b""
    """Stands for the digest, for a phone's contact: over what was sent, whatever this version makes of it."""
    as_sent: Callable[[], str] | None = None
    """What is kept of a phone's contact that is not taken."""

    def digest(self) -> bytes:
        """So that the same id with other content is seen as a conflict."""
        return self.mark or self.digest_of_content()

    def digest_of_content(self) -> bytes:
        """SHA-256 of what was said."""
        return hashlib.sha256(_text(self._said() | ({"occurred_at": None} if self.is_now else {}))).digest()

    def as_text(self) -> str:
        return self.as_sent() if self.as_sent else _text(self._said()).decode()

    def _said(self) -> dict[str, Any]:
        return {
            "site": self.site_id,
            "occurred_at": self.occurred_at.timestamp(),
            "precision": self.precision,
            "participant": self.participant_id and str(self.participant_id),
            "people": self.people,
            "is_each": self.is_each,
            "reached": self.reached,
            "corrects": self.corrects and str(self.corrects),
            "entries": [[entry.kind, entry.version, entry.payload] for entry in self.entries],
        }


def _text(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), default=str).encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who records, at which program, through which door (desk, field, api, import, text)."""

    program: Program
    user_id: int
    permissions: frozenset[str]
    door: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryReceipt:
    kind: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """The answer to one contact: a word, a sentence where one is due, and each entry's own outcome."""

    id: UUID
    word: Word
    reason: str = ""
    entries: tuple[EntryReceipt, ...] = field(default=())
