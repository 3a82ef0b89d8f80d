"""Ids that a phone, a form and a server can each make without asking one another."""

from uuid import UUID

import uuid_utils


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562 version 7), as the standard library's type."""
    return UUID(int=uuid_utils.uuid7().int)
