"""A browser's side of web push: the keys that it makes, and opening what comes."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_ece import decrypt


@dataclass
class Subscribed:
    """What a browser makes when somebody switches notifications on."""

    endpoint: str
    secret: bytes = b"sixteen bytes ok"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def said(self) -> dict[str, str]:
        """As the browser tells the page."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": as_text(point), "auth": as_text(self.secret)}

    def opened(self, body: bytes) -> dict[str, str]:
        content = decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        found: dict[str, str] = json.loads(content)
        return found


def as_text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
