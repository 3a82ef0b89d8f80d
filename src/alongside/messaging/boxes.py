"""Encrypting a value so that it opens only in its own place. Plain functions: processes without Django use them too."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE_BYTES = 12


class Unreadable(ValueError):
    """Made with another key, or moved from another row."""


def derived_key(message_key: bytes, use: str) -> bytes:
    info = f"alongside text line {use}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(message_key)


def seal(text: str, *, place: str, key: bytes) -> bytes:
    """AES-256-GCM. `place` names table, column and row; only there it opens again."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, text.encode("utf-8", "surrogatepass"), place.encode())


def unseal(sealed: bytes, *, place: str, key: bytes) -> str:
    """Raises Unreadable."""
    nonce, content = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, content, place.encode()).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError):
        raise Unreadable from None
