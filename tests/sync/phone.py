"""A phone, as far as the server can tell: it seals contacts and sends them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from alongside.encounters.outbox.sealing import PublicKey, decoded, encoded
from alongside.kernel.ids import uuid7

Envelope = dict[str, Any]


def seal(plain: object, *, contact_id: str, key: PublicKey) -> Envelope:
    """As the contract between phone and server says it, written once more and apart from the server's own."""
    ephemeral, public = X25519PrivateKey.generate(), decoded(key.raw)
    epk, iv = ephemeral.public_key().public_bytes_raw(), os.urandom(12)
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    secret = HKDF(SHA256(), 32, salt=epk + public, info=b"alongside outbox 1").derive(shared)
    text = json.dumps(plain).encode() if not isinstance(plain, bytes) else plain
    ct = AESGCM(secret).encrypt(iv, text, f"{contact_id}.{key.kid}".encode())
    return {"id": contact_id, "v": 1, "kid": key.kid, "epk": encoded(epk), "iv": encoded(iv), "ct": encoded(ct)}


@dataclass
class Phone:
    """What a set-up phone holds, and its clock's fault."""

    key: PublicKey
    worker: str
    site: int
    clock_off: timedelta = timedelta()
    made: list[UUID] = field(default_factory=list)

    def clock(self) -> datetime:
        return datetime.now(tz=UTC) + self.clock_off

    def plain(self, form: Mapping[str, str] | str, *, made_at: datetime | None = None) -> dict[str, str]:
        body = form if isinstance(form, str) else urlencode(form)
        made = (made_at or self.clock()).isoformat()
        return {"form": body, "form_version": "1", "app": "0.1.0", "made_at": made, "worker": self.worker}

    def contact(self, *, made_at: datetime | None = None, contact_id: UUID | None = None, **form: str) -> Envelope:
        """A sealed contact of ten syringes, eight back and one naloxone, unless the form says otherwise."""
        contact_id = contact_id or uuid7()
        self.made.append(contact_id)
        entered = form or {
            "items.syringe-1ml-29g-half": "10",
            "items.naloxone-nasal-4mg": "1",
            "syringes.returned.count": "8",
        }
        filled = {"id": str(contact_id), "site": str(self.site), "people": "1", **entered}
        return seal(self.plain(filled, made_at=made_at), contact_id=str(contact_id), key=self.key)

    def undo(self, contact_id: UUID) -> Envelope:
        own = str(uuid7())
        return seal(self.plain({"undo": str(contact_id)}), contact_id=own, key=self.key)

    def upload(self, *contacts: object) -> dict[str, Any]:
        return {"sent_at": self.clock().isoformat(), "contacts": list(contacts)}
