"""Web push (RFC 8030): encrypted to the browser (RFC 8291), signed by us (VAPID, RFC 8292).

A push service's "created" is not delivery; the page that shows the message tells us when it was.
"""

from __future__ import annotations

import base64
import json
import time
from functools import lru_cache
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException

from alongside.messaging.alerting.channels.carrying import Message
from alongside.messaging.asking import NotAccepted, Session, ask

_TOKEN_SECONDS = 12 * 3600
_MOST_TTL_SECONDS = 3600
_AUTH_BYTES = 16
_URGENCIES = {0: "high", 1: "high", 2: "normal"}


def carry(message: Message, session: Session) -> str:
    address, key = message.address, vapid_key(bytes.fromhex(message.carrier["vapid"]))
    try:
        content = encrypted(_shown(message), browser_key=_bytes(address["p256dh"]), secret=_bytes(address["auth"]))
        token = authorization(key, address["endpoint"], sender=message.carrier.get("from", ""))
    except ValueError:
        raise NotAccepted("the browser's key is not whole", is_final=True) from None
    except VapidException:
        raise NotAccepted("the push service's address is none", is_final=True) from None
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(min(message.seconds_left, _MOST_TTL_SECONDS)),
        "Urgency": _URGENCIES[message.urgency],
        "Topic": (message.incident or message.id).hex,
        "Authorization": token,
    }
    answer = ask(session, address["endpoint"], content, headers)
    return answer.headers.get("location", "")


def _shown(message: Message) -> bytes:
    return json.dumps({"message": message.id.hex, "words": message.words, "link": message.link}).encode()


@lru_cache(maxsize=8)
def vapid_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """The program's own key, from the 32 bytes in its key file."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return ec.derive_private_key(int.from_bytes(seed, "big") % (order - 1) + 1, ec.SECP256R1())


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """What a browser is given when it subscribes."""
    return _text(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def encrypted(content: bytes, *, browser_key: bytes, secret: bytes) -> bytes:
    """RFC 8291: one record, readable by that browser only. Raises ValueError for a key that is none."""
    mine = ec.generate_private_key(ec.SECP256R1())
    return http_ece.encrypt(content, private_key=mine, dh=browser_key, auth_secret=secret)


def try_browser_key(p256dh: str, auth: str) -> None:
    """Raises ValueError for keys that nothing can be sealed to."""
    secret = _bytes(auth)
    if len(secret) != _AUTH_BYTES:
        raise ValueError(p256dh)
    encrypted(b"-", browser_key=_bytes(p256dh), secret=secret)


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, *, sender: str) -> str:
    """A token for that push service: who sends, and until when it counts."""
    parts = urlsplit(endpoint)
    hour = int(time.time()) // 3600 * 3600
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": hour + _TOKEN_SECONDS}
    return _signed(key, json.dumps(claims | {"sub": sender or "https://localhost"}))


@lru_cache(maxsize=64)
def _signed(key: ec.EllipticCurvePrivateKey, claims: str) -> str:
    # Not strict about who sends: an address of ours that a library finds odd must not hold up an alarm.
    return Vapid02(key, {"no-strict": True}).sign(json.loads(claims))["Authorization"]


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
