"""Every channel that a sender can use."""

from __future__ import annotations

from alongside.messaging.alerting.channels import email, gateway, matrix, push, webhook
from alongside.messaging.alerting.channels.carrying import Carry

CHANNELS: dict[str, Carry] = {
    "push": push.carry,
    "text": gateway.carry,
    "call": gateway.carry,
    "email": email.carry,
    "matrix": matrix.carry,
    "webhook": webhook.carry,
    "canary": lambda _message, _session: "",
}
