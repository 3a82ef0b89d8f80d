"""Texts and calls through whatever gateway the program has: one request, made from the program's own template.

For a call the template is that of a service that reads a text out; the number answers by pressing a key or by the link.
"""

from __future__ import annotations

from alongside.messaging.alerting.channels.carrying import Message
from alongside.messaging.asking import NotAccepted, Session, ask
from alongside.messaging.filling import as_header, content_type, filled
from alongside.messaging.webhooks import fields_in

_RECEIPTS = ("sid", "id", "messageid", "message_id", "message-id", "messages.0.message-id", "data.id")


def carry(message: Message, session: Session) -> str:
    carrier = message.carrier
    if not carrier.get("url") or not carrier.get("template"):
        raise NotAccepted("no gateway is set up")
    body = carrier.get("body", "json")
    text = f"{message.words} {message.link}".strip()
    try:
        content = filled(carrier["template"], body=body, number=message.address["number"], text=text)
    except ValueError:
        raise NotAccepted("the gateway's template is not whole") from None
    headers = {"Content-Type": content_type(body)} | as_header(carrier.get("header", ""))
    answer = ask(session, carrier["url"], content, headers)
    found = fields_in(answer.body, content_type=answer.headers.get("content-type", ""))
    return next((found[name] for name in _RECEIPTS if name in found), "")
