"""Contacts sealed on a phone: only this program can open them, the phone itself can't.

X25519 between a key that the phone makes for one contact and the program's own; HKDF-SHA256; AES-256-GCM. The contact's
id and the key's id are authenticated, so that a sealed text can't be moved under another id.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from alongside.sites.models import Program

_INFO = b"alongside outbox 1"
_IV_BYTES = 12


class Unopened(Exception):
    """Nobody here has the key, or the text was changed on the way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicKey:
    """What a phone seals to. `raw` is base64url without padding, as is all binary text between phone and server."""

    kid: str
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """One contact as it travels; all but the ids in base64url."""

    id: str
    kid: str
    epk: str
    iv: str
    ct: str


@dataclass(frozen=True, slots=True)
class _Pair:
    kid: str
    private: X25519PrivateKey
    public: bytes
    secret: bytes


class Keyring:
    """The pairs of one program, read once for as long as a request lasts."""

    def __init__(self, program_id: int) -> None:
        self._pairs = _made(program_id, tuple(settings.OUTBOX_KEYS()))
        self._by_kid = {pair.kid: pair for pair in self._pairs}

    @property
    def newest(self) -> PublicKey:
        return PublicKey(kid=self._pairs[0].kid, raw=encoded(self._pairs[0].public))

    def holds(self, kid: str) -> bool:
        return kid in self._by_kid

    def open(self, sealed: Sealed) -> bytes:
        """Raises Unopened."""
        pair = self._by_kid.get(sealed.kid)
        if pair is None:
            raise Unopened
        try:
            ephemeral = decoded(sealed.epk)
            key = _key(pair.private.exchange(X25519PublicKey.from_public_bytes(ephemeral)), ephemeral, pair.public)
            return AESGCM(key).decrypt(decoded(sealed.iv), decoded(sealed.ct), _bound(sealed.id, sealed.kid))
        except (ValueError, InvalidTag):
            raise Unopened from None

    def mark(self, text: str) -> bytes:
        """Tells one text from another, and nothing about it to anybody without the key; the same with every key."""
        return hashlib.blake2b(text.encode(), key=self._pairs[-1].secret, digest_size=32, person=b"mark").digest()

    def seal(self, text: bytes, *, contact_id: str) -> Sealed:
        """Close a text that came open, before it is kept. The same text gives the same seal: a repeat is one."""
        pair = self._pairs[0]
        seed = hmac.digest(pair.secret, contact_id.encode() + b"\0" + text, "sha512")
        ephemeral = X25519PrivateKey.from_private_bytes(seed[:32])
        epk, iv = ephemeral.public_key().public_bytes_raw(), seed[32 : 32 + _IV_BYTES]
        key = _key(ephemeral.exchange(X25519PublicKey.from_public_bytes(pair.public)), epk, pair.public)
        ct = AESGCM(key).encrypt(iv, text, _bound(contact_id, pair.kid))
        return Sealed(id=contact_id, kid=pair.kid, epk=encoded(epk), iv=encoded(iv), ct=encoded(ct))


def public_key(program: Program) -> PublicKey:
    """The key that phones of this program should use from now on."""
    return Keyring(program.pk).newest


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ValueError."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


@lru_cache(maxsize=256)
def _made(program_id: int, masters: tuple[bytes, ...]) -> Sequence[_Pair]:
    """Each program has its own pair from each key of the installation: one never opens another's contacts."""
    return [_derived(program_id, master) for master in masters]


def _derived(program_id: int, master: bytes) -> _Pair:
    info = b"alongside outbox key of program %d" % program_id
    private = X25519PrivateKey.from_private_bytes(HKDF(SHA256(), 32, salt=None, info=info).derive(master))
    public = private.public_key().public_bytes_raw()
    return _Pair(encoded(hashlib.sha256(public).digest()[:9]), private, public, private.private_bytes_raw())


def _key(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=ephemeral + public, info=_INFO).derive(shared)


def _bound(contact_id: str, kid: str) -> bytes:
    return f"{contact_id}.{kid}".encode()
