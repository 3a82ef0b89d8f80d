"""Numbers and texts that have to be kept for a while: encrypted, and bound to the row and column they stand in.

The key is a file apart from the database: somebody with the database alone reads no text and can't tell whose number a
digest is. It is not the key of participant codes, which may live off this machine: texts and alarms go on without that.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings

from alongside.messaging import boxes
from alongside.messaging.boxes import Unreadable, derived_key

__all__ = ["Unreadable", "keyed_digest", "seal", "unseal"]


def seal(text: str, *, place: str) -> bytes:
    return boxes.seal(text, place=place, key=_key("sealed"))


def unseal(sealed: bytes, *, place: str) -> str:
    """Raises Unreadable."""
    return boxes.unseal(sealed, place=place, key=_key("sealed"))


def keyed_digest(what: str, value: str, *, program_id: int) -> bytes:
    """HMAC-SHA256 of a number or a message's id; another program's digest of the same differs."""
    return hmac.digest(_key("digests"), f"{what}:{program_id}:{value}".encode("utf-8", "surrogatepass"), hashlib.sha256)


@lru_cache(maxsize=4)
def _key(use: str) -> bytes:
    return derived_key(bytes(settings.MESSAGE_KEY()), use)
