"""A plan is sealed to keys that are each used once and whose private halves only the alarm's runner ever had.

Destroy the private half and nobody opens the plan again: not from the database, not from a backup, not by an order.
X25519, HKDF-SHA256 and AES-256-GCM, each bound to the key's id.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_POINT_BYTES = 32
_INFO = b"alongside sealed plan"


class NotOurs(ValueError):
    """Sealed to another key, or not whole."""


def new_pair() -> tuple[bytes, bytes]:
    """A private and a public key, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal(text: str, *, keys: Mapping[UUID, bytes]) -> tuple[bytes, dict[UUID, bytes]]:
    """The sealed text, and for each public key a box with what opens it."""
    content_key, nonce = os.urandom(32), os.urandom(_NONCE_BYTES)
    sealed = nonce + AESGCM(content_key).encrypt(nonce, text.encode(), _INFO)
    return sealed, {key_id: _boxed(content_key, public, key_id) for key_id, public in keys.items()}


def unseal(sealed: bytes, box: bytes, *, key_id: UUID, private: bytes) -> str:
    """Raises NotOurs."""
    mine = X25519PrivateKey.from_private_bytes(private)
    point, nonce, rest = box[:_POINT_BYTES], box[_POINT_BYTES:][:_NONCE_BYTES], box[_POINT_BYTES + _NONCE_BYTES :]
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(point))
        content_key = AESGCM(_derived(shared, point)).decrypt(nonce, rest, key_id.bytes)
        content = AESGCM(content_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _INFO)
    except (InvalidTag, ValueError):
        raise NotOurs from None
    return content.decode()


def _boxed(content_key: bytes, public: bytes, key_id: UUID) -> bytes:
    once = X25519PrivateKey.generate()
    point, nonce = once.public_key().public_bytes_raw(), os.urandom(_NONCE_BYTES)
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    return point + nonce + AESGCM(_derived(shared, point)).encrypt(nonce, content_key, key_id.bytes)


def _derived(shared: bytes, point: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=point, info=_INFO).derive(shared)
