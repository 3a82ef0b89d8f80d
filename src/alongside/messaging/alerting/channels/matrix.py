"""A message to a room of a Matrix server, by its client API. The same message again is known there by its id."""

from __future__ import annotations

import json
from urllib.parse import quote

from alongside.messaging.alerting.channels.carrying import Message
from alongside.messaging.asking import NotAccepted, Session, ask


def carry(message: Message, session: Session) -> str:
    carrier = message.carrier
    if not carrier.get("server") or not carrier.get("token"):
        raise NotAccepted("no Matrix account is set up")
    room = quote(message.address["room"], safe="")
    url = f"{carrier['server'].rstrip('/')}/_matrix/client/v3/rooms/{room}/send/m.room.message/{message.id.hex}"
    content = json.dumps({"msgtype": "m.text", "body": f"{message.words} {message.link}".strip()}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {carrier['token']}"}
    answer = ask(session, url, content, headers, method="PUT")
    try:
        return str(json.loads(answer.body).get("event_id", ""))
    except (ValueError, AttributeError):
        return ""
