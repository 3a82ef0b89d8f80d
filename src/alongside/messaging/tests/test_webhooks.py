"""What gateways send, as their documents show it, and what others might send."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.messaging.webhooks import Message, NotAText, Places, fields_in, is_authentic, message_in

pytestmark = pytest.mark.once

SECRET = "harbour-lights-47"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TWILIO = urlencode({"MessageSid": "SM1", "SmsSid": "SM1", "From": "+14155552671", "Body": "5 people", "NumMedia": "0"})
ANDROID = {
    "deviceId": "ffffffffceb0b1db0000018e937c815b",
    "event": "sms:received",
    "id": "Ey6ECgOkVVFjz3CL48B8C",
    "payload": {
        "messageId": "abc123",
        "message": "5 people",
        "phoneNumber": "4155552671",
        "simNumber": 1,
        "receivedAt": "2026-06-22T15:46:11.000+07:00",
    },
    "webhookId": "w",
}
VONAGE = {"msisdn": "14155552671", "to": "1415", "messageId": "0A0", "text": "5 people", "type": "text"}
TELNYX = {
    "data": {
        "event_type": "message.received",
        "id": "e1",
        "payload": {
            "id": "m1",
            "from": {"phone_number": "+14155552671"},
            "text": "5 people",
            "to": [{"phone_number": "1"}],
        },
    }
}
AWS = {"originationNumber": "+14155552671", "messageBody": "5 people", "inboundMessageId": "cae1"}


def read(body: Any, kind: str = JSON, **places: str) -> Message | None:
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return message_in(content, content_type=kind, places=Places(**places))


@pytest.mark.parametrize(
    ("body", "kind", "number", "message_id"),
    [
        (TWILIO, FORM, "+14155552671", "SM1"),
        (ANDROID, JSON, "4155552671", "Ey6ECgOkVVFjz3CL48B8C"),
        (VONAGE, JSON, "14155552671", "0A0"),
        (TELNYX, JSON, "+14155552671", "m1"),
        (AWS, JSON, "+14155552671", "cae1"),
        ({"from": 14155552671, "text": "5 people"}, "text/plain", "14155552671", ""),
        ("from=4155552671&text=5+people", "", "4155552671", ""),
    ],
)
def test_a_gateways_message(body: Any, kind: str, number: str, message_id: str) -> None:
    message = read(body, kind)
    assert message is not None
    assert (message.number, message.text, message.id) == (number, "5 people", message_id)
    assert "5 people" not in repr(message)
    assert number not in repr(message)


def test_a_gateway_with_names_of_its_own() -> None:
    body = {"sms": {"who": "4155552671", "what": "5 people", "nr": 7}, "text": "ignored"}
    message = read(body, number="sms.who", text="sms.what", id="sms.nr")
    assert message == Message(number="4155552671", text="5 people", id="7")


@pytest.mark.parametrize(
    "body",
    [
        ANDROID | {"event": "sms:delivered"},
        ANDROID | {"event": "system:ping", "payload": {}},
        TELNYX | {"data": TELNYX["data"] | {"event_type": "message.finalized"}},
    ],
)
def test_reports_of_something_else_are_no_texts(body: dict[str, Any]) -> None:
    assert read(body) is None


def test_a_report_of_delivery_in_a_form_is_no_text() -> None:
    assert read(urlencode({"MessageSid": "SM1", "MessageStatus": "delivered", "From": "+1"}), FORM) is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"from": null, "text": "x"}', b"from=1", b"x" * 9999]
)
def test_what_holds_no_text_is_said_to(body: bytes) -> None:
    for kind in (FORM, JSON, ""):
        with pytest.raises(NotAText):
            read(body, kind)


def test_letters_that_are_none_become_a_sign_that_nobody_reads() -> None:
    message = read(b"From=4155552671&Body=5+people+\xff%ff", FORM)
    assert message is not None
    assert "\ufffd" in message.text
    message = read(b'{"from": "4155552671", "text": "5 \xff"}')
    assert message is not None
    assert "\ufffd" in message.text


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_nothing_makes_the_reading_fail(body: bytes) -> None:
    for kind in (FORM, JSON, "multipart/form-data; boundary=x"):
        try:
            read(body, kind)
        except NotAText:
            continue


def test_deep_nesting_ends() -> None:
    assert fields_in(b'{"a":' * 5000 + b"1" + b"}" * 5000, content_type=JSON) == {}
    assert fields_in(("&".join(f"a{n}=1" for n in range(500))).encode(), content_type=FORM) == {}


def signed(body: bytes, *, at: str = "") -> str:
    return hmac.digest(SECRET.encode(), body + at.encode(), "sha256").hex()


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"line:{password}".encode()).decode()


BODY = b"From=1&Body=x"
RIGHT = [
    {"X-Alongside-Secret": SECRET},
    {"Authorization": f"Bearer {SECRET}"},
    {"Authorization": basic(SECRET)},
    {"X-Signature": signed(BODY)},
    {"X-Signature": signed(BODY, at="1764000000"), "X-Timestamp": "1764000000"},
    {"X-Hub-Signature-256": f"sha256={signed(BODY)}"},
]
WRONG = [
    {},
    {"X-Alongside-Secret": ""},
    {"X-Alongside-Secret": SECRET + "x"},
    {"X-Alongside-Secret": SECRET[:-1]},
    {"X-Alongside-Secret": "sécret\udcff"},
    {"Authorization": SECRET},
    {"Authorization": "Basic not base64!"},
    {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()},
    {"Authorization": basic("")},
    {"X-Signature": signed(b"another body")},
    {"X-Signature": signed(BODY), "X-Timestamp": "1"},
    {"X-Signature": "é" * 64},
]


@pytest.mark.parametrize("headers", RIGHT, ids=str)
def test_who_knows_the_secret_is_heard(headers: dict[str, str]) -> None:
    assert is_authentic(headers, BODY, secret=SECRET)
    assert not is_authentic(headers, BODY, secret="another")
    assert not is_authentic(headers, BODY, secret="")


@pytest.mark.parametrize("headers", WRONG, ids=ascii)
def test_who_does_not_is_not(headers: dict[str, str]) -> None:
    assert not is_authentic(headers, BODY, secret=SECRET)


def test_every_comparison_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """In constant time, by the library's own function, and as many of them whatever comes."""
    made = []
    compare = hmac.compare_digest

    def counted(one: bytes, other: bytes) -> bool:
        made.append(len(one) == len(other) or not one)
        return compare(one, other)

    monkeypatch.setattr("alongside.messaging.webhooks.hmac.compare_digest", counted)
    for headers in ({"X-Alongside-Secret": SECRET}, {"X-Alongside-Secret": "x"}, {}):
        made.clear()
        is_authentic(headers, BODY, secret=SECRET)
        assert made == [True] * 3
