"""What every channel is: a function that hands one message over, and says how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

SECONDS = 5.0
"""How long a server may take. One that takes longer holds up only its own lane."""


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


class NotAccepted(Exception):
    """The server would not take it, or could not be asked. Says nothing of what it was given."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
        """There is no such address: trying again is useless, and a person has to know."""


Session = dict[str, Any]
"""What a thread keeps open between messages of one lane."""

Carry = Callable[[Message, Session], str]
"""Returns what the server calls the message (its receipt), or nothing. Raises NotAccepted."""
