"""Who recorded, as a phone says it: a signed token that a worker's phone got when it was set up.

It opens nothing. Without it a contact that waited on a phone for days would be recorded by whoever was signed in when
it was sent. It never runs out: a contact was made when it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.core import signing

from alongside.kernel.clock import today
from alongside.sites.members import Member

_SALT = "alongside.api.worker"


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerToken:
    """A worker of a program, on a phone, set up on a day."""

    program_id: int
    user_id: int
    phone_id: UUID
    issued_on: date


def worker_token(member: Member) -> str:
    """A token for a phone that this member sets up now."""
    day = today(member.program.timezone)
    return signing.dumps([member.program.pk, member.user_id, uuid4().hex, day.toordinal()], salt=_SALT)


def read_worker_token(text: str) -> WorkerToken | None:
    """None for a text that this installation did not sign."""
    try:
        program_id, user_id, phone, day = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, UnicodeError):
        return None
    return WorkerToken(program_id=program_id, user_id=user_id, phone_id=UUID(phone), issued_on=date.fromordinal(day))
