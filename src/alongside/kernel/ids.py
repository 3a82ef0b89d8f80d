"""Ids that a phone, a form and a server can each make without asking one another."""

import hashlib
from uuid import UUID

import uuid_utils


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562 version 7), as the standard library's type."""
    return UUID(int=uuid_utils.uuid7().int)


def uuid_within(parent: UUID, name: str) -> UUID:
    """The id of something of `parent`, always the same for a name (RFC 9562 version 8).

    It begins as its parent's does, so that what is written together lies together in an index. With random ids
    each of a hundred thousand rows lands on another page.
    """
    digest = hashlib.sha256(parent.bytes + name.encode()).digest()
    return UUID(int=uuid_utils.UUID(bytes=parent.bytes[:6] + digest[:10], version=8).int)
