"""What every channel is: a function that hands one message over, and says how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from alongside.messaging.asking import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """Nothing in it says who, where or what: a code that people can compare, and a link for those who may know more."""

    id: UUID
    incident: UUID | None
    words: str
    link: str
    urgency: int
    seconds_left: int
    address: Mapping[str, str] = field(repr=False)
    carrier: Mapping[str, str] = field(repr=False)


Carry = Callable[[Message, Session], str]
"""Returns what the server calls the message (its receipt), or nothing. Raises NotAccepted."""
