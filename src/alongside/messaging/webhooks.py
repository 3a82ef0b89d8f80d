"""What gateways send: is it theirs, and where in it are the number, the text and the id? Plain functions.

Known by their documents: Twilio and alike (form fields, HTTP basic), SMS Gateway for Android (JSON, signed), Vonage,
Telnyx, AWS, and whatever puts a number and a text under ordinary names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

MOST_BYTES = 64 * 1024
_DEEPEST = 5
_MOST_FIELDS = 200
_TEXTS = ("body", "text", "message", "content", "messagebody", "sms", "payload.message", "data.payload.text")
_NUMBERS = (
    "from",
    "phonenumber",
    "phone_number",
    "sender",
    "msisdn",
    "originationnumber",
    "number",
    "source",
    "payload.phonenumber",
    "payload.sender",
    "data.payload.from.phone_number",
)
_IDS = ("messagesid", "smssid", "message_id", "messageid", "inboundmessageid", "data.payload.id", "id", "uuid")
"""An Android gateway's `payload.messageId` is made from the words, so the same words would count once: not here."""
_TIMES = ("receivedat", "received_at", "payload.receivedat", "timestamp", "message-timestamp", "date", "sentstamp")
_EVENTS = ("event", "event_type", "eventtype", "data.event_type", "messagestatus")
_STATES = (
    "messagestatus",
    "smsstatus",
    "callstatus",
    "status",
    "event",
    "payload.status",
    "data.payload.to.0.status",
    "results.0.status.groupname",
)
_SENT_IDS = (
    "messagesid",
    "smssid",
    "callsid",
    "message_id",
    "messageid",
    "message-id",
    "payload.messageid",
    "data.payload.id",
    "results.0.messageid",
    "sid",
    "id",
)
_ARRIVED = {"delivered", "completed", "read", "dlvrd"}
_LOST = {
    *("undelivered", "undeliverable", "undeliv", "failed", "rejected", "rejectd", "expired"),
    *("delivery_failed", "sending_failed", "busy", "no-answer", "unanswered"),
}
_COMES_IN = ("receiv", "inbound", "incoming")


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where this gateway puts things, if it is nowhere usual: names with dots for what stands inside."""

    number: str = ""
    text: str = ""
    id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A text as a gateway told it. `id` is empty if the gateway has none; `at` is its own time, as it wrote it."""

    number: str = field(repr=False)
    text: str = field(repr=False)
    id: str = field(default="", repr=False)
    at: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What became of a message that was sent, in the gateway's name for it."""

    id: str
    has_arrived: bool


class NotAText(ValueError):
    """There is no number, or no text, in any place where one is looked for."""


def is_authentic(headers: Mapping[str, str], body: bytes, *, secret: str) -> bool:
    """True if the caller knows the secret: in a header, as a password, or by a signature over the body.

    Takes as long for a wrong secret as for a right one.
    """
    offered = [_sha256(each.encode("utf-8", "replace")) for each in _secrets_in(headers)]
    right = _sha256(secret.encode())
    by_secret = [hmac.compare_digest(each, right) for each in offered]
    by_signature = [hmac.compare_digest(*pair) for pair in _signatures(headers, body, secret)]
    return bool(secret) and any([*by_secret, *by_signature])


def _secrets_in(headers: Mapping[str, str]) -> Iterator[str]:
    yield headers.get("X-Alongside-Secret", "")
    scheme, _space, rest = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield rest.strip()
    elif scheme.lower() == "basic":
        yield _password_in(rest)


def _password_in(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode("utf-8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _signatures(headers: Mapping[str, str], body: bytes, secret: str) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of what was offered and what is right: hexadecimal HMAC-SHA256 of the body, with its time if it has one."""
    signed = body + headers.get("X-Timestamp", "").encode("utf-8", "replace")
    right = hmac.digest(secret.encode(), signed, "sha256").hex().encode()
    for name in ("X-Signature", "X-Hub-Signature-256"):
        offered = headers.get(name, "").removeprefix("sha256=").strip().lower()
        yield offered.encode("utf-8", "replace"), right


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def message_in(body: bytes, *, content_type: str, places: Places) -> Message | None:
    """The text that came in, or None for a report of something else, such as delivery. Raises NotAText."""
    found = fields_in(body, content_type=content_type)
    event = _first(found, _EVENTS)
    if event and not any(word in event.lower() for word in _COMES_IN):
        return None
    number, text = _first(found, _NUMBERS, own=places.number), _first(found, _TEXTS, own=places.text)
    if not number or text is None:
        raise NotAText
    return Message(
        number=number, text=text, id=_first(found, _IDS, own=places.id) or "", at=_first(found, _TIMES) or ""
    )


def delivery_in(body: bytes, *, content_type: str) -> Delivery | None:
    """None for what says nothing certain of a sent message: a text that came in, or one still on its way."""
    found = fields_in(body, content_type=content_type)
    said = {found[name].lower().rpartition(":")[2] for name in _STATES if name in found}
    name = _first(found, _SENT_IDS)
    if not name or not said & (_ARRIVED | _LOST):
        return None
    return Delivery(id=name, has_arrived=not said & _LOST)


def _first(found: Mapping[str, str], names: Sequence[str], *, own: str = "") -> str | None:
    return next((found[name] for name in (own.lower(), *names) if name in found), None)


def fields_in(body: bytes, *, content_type: str) -> dict[str, str]:
    """Everything a body holds, by small names with dots. A body that says it is neither may still be either."""
    written = body.decode("utf-8", "replace").removeprefix("\ufeff")
    if "json" in content_type or written.lstrip().startswith("{"):
        try:
            return dict(_flat(json.loads(written), "", _DEEPEST))
        except (ValueError, RecursionError):
            return {}
    try:
        pairs = parse_qsl(written, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name.lower(): value for name, value in reversed(pairs)}


def _flat(value: Any, name: str, deep: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, list) and deep and value:
        yield from _flat(value[0], f"{name}.0".removeprefix("."), deep - 1)
    elif isinstance(value, dict) and deep:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}".removeprefix(".").lower(), deep - 1)
    elif isinstance(value, str):
        yield name, value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield name, str(value)
