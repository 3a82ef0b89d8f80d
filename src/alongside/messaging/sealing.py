"""Numbers and texts that have to be kept for a while: encrypted, and bound to the row and column they stand in.

The key comes from the participant codes' key, which is kept apart from the database: somebody with the database alone
reads no text and can't tell whose number a digest is.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12


class Unreadable(ValueError):
    """Made with another key, or moved from another row."""


def seal(text: str, *, place: str) -> bytes:
    """AES-256-GCM. `place` names table, column and row; only there it opens again."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + _cipher().encrypt(nonce, text.encode("utf-8", "surrogatepass"), place.encode())


def unseal(sealed: bytes, *, place: str) -> str:
    """Raises Unreadable."""
    nonce, content = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return _cipher().decrypt(nonce, content, place.encode()).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError):
        raise Unreadable from None


def keyed_digest(what: str, value: str, *, program_id: int) -> bytes:
    """HMAC-SHA256 of a number or a message's id; another program's digest of the same differs."""
    return hmac.digest(_key("digests"), f"{what}:{program_id}:{value}".encode("utf-8", "surrogatepass"), hashlib.sha256)


def _cipher() -> AESGCM:
    return AESGCM(_key("sealed"))


@lru_cache(maxsize=4)
def _key(use: str) -> bytes:
    info = f"alongside text line {use}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(bytes(settings.CODE_KEY()))
