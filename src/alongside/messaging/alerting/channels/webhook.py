"""A request to another program: JSON, signed if a secret was agreed."""

from __future__ import annotations

import hmac
import json

from alongside.messaging.alerting.channels.carrying import Message
from alongside.messaging.asking import Session, ask


def carry(message: Message, session: Session) -> str:
    content = json.dumps(
        {
            "message": message.id.hex,
            "incident": message.incident.hex if message.incident else None,
            "words": message.words,
            "link": message.link,
            "urgency": message.urgency,
        }
    ).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": message.id.hex}
    if secret := message.address.get("secret"):
        headers["X-Signature"] = hmac.digest(secret.encode(), content, "sha256").hex()
    ask(session, message.address["url"], content, headers)
    return ""
