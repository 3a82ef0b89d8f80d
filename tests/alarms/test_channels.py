"""Each channel against a server that speaks its protocol: what arrives is what was meant, and failures are known."""

from __future__ import annotations

import base64
import hmac
import json
import re
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from http_ece import decrypt

from alongside.messaging.alerting.channels import email, gateway, matrix, push, webhook
from alongside.messaging.alerting.channels.carrying import Message
from alongside.messaging.asking import MOST_ANSWER_BYTES, NotAccepted, ask
from tests.alarms.sinks import Sink, listening

pytestmark = pytest.mark.once
SEED = b"\x05" * 32


def message(address: dict[str, str], carrier: dict[str, str] | None = None) -> Message:
    return Message(
        id=uuid4(),
        incident=uuid4(),
        words="A check-in has no answer. (0A1B-2C3D)",
        link="https://alongside.example/told/x/y/",
        urgency=0,
        seconds_left=600,
        address=address,
        carrier=carrier or {},
    )


def test_a_webhook_is_signed(sink: Sink) -> None:
    webhook.carry(message({"url": sink.url, "secret": "heron"}), {})
    (request,) = sink.requests
    assert request.headers["x-signature"] == hmac.digest(b"heron", request.body, "sha256").hex()


def test_a_connection_that_the_server_closed_is_opened_again(sink: Sink) -> None:
    session: dict[str, Any] = {}
    sink.hangs_up = True
    for _each in range(3):
        webhook.carry(message({"url": sink.url}), session)
    assert len(sink.requests) == 3


def test_an_answer_without_end_is_read_as_far_as_we_look(sink: Sink) -> None:
    sink.answer = b"x" * 10 * MOST_ANSWER_BYTES
    assert len(ask({}, sink.url, b"", {}).body) == MOST_ANSWER_BYTES


def test_a_redirection_is_not_followed(sink: Sink) -> None:
    sink.status, sink.headers = 307, {"Location": "/elsewhere"}
    with pytest.raises(NotAccepted, match="status 307"):
        webhook.carry(message({"url": sink.url}), {})
    assert len(sink.requests) == 1


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("ftp://127.0.0.1/", {}),
        ("file:///etc/hostname", {}),
        ("http://", {}),
        ("http://bücher .example/", {}),
        ("http://127.0.0.1/", {"A": "1\r\nB: 2"}),
        ("http://127.0.0.1/", {"A": "✓"}),
    ],
)
def test_what_can_not_be_asked_is_no_mistake_of_ours(url: str, headers: dict[str, str]) -> None:
    with pytest.raises(NotAccepted):
        ask({}, url, b"", headers)


def test_only_a_server_that_this_computer_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with listening(sink := Sink(tls=tls)):
        with pytest.raises(NotAccepted, match="certificate not trusted"):
            webhook.carry(message({"url": sink.url}), {})
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        webhook.carry(message({"url": sink.url}), {})
    assert len(sink.requests) == 1


def self_signed(folder: Path) -> Path:
    """The certificate of 127.0.0.1 and its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    file = folder / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return file


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(NotAccepted, match="could not connect"):
        webhook.carry(message({"url": "http://127.0.0.1:9/"}), {})


def carrier(sink: Sink, *, body: str = "json") -> dict[str, str]:
    template = '{"to": "{number}", "body": "{text}"}' if body == "json" else "To={number}\nBody={text}"
    return {"url": sink.url, "body": body, "template": template, "header": "Authorization: Bearer kingfisher"}


def test_a_text_goes_through_the_programs_own_template(sink: Sink) -> None:
    sink.answer, sink.headers = b'{"sid": "SM77"}', {"Content-Type": "application/json"}
    receipt = gateway.carry(message({"number": "+15550100"}, carrier(sink)), {})
    (request,) = sink.requests
    assert receipt == "SM77"
    assert request.headers["authorization"] == "Bearer kingfisher"
    assert request.content["to"] == "+15550100"
    assert "(0A1B-2C3D) https://alongside.example" in request.content["body"]


def test_a_gateway_that_wants_form_fields(sink: Sink) -> None:
    gateway.carry(message({"number": "+15550100"}, carrier(sink, body="form")), {})
    assert sink.requests[0].body.startswith(b"To=%2B15550100&Body=A+check-in")


def test_without_a_gateway_nothing_is_pretended() -> None:
    with pytest.raises(NotAccepted, match="no gateway"):
        gateway.carry(message({"number": "+15550100"}), {})


def test_a_matrix_room_gets_it_once_however_often_it_is_sent(sink: Sink) -> None:
    sink.status, sink.answer = 200, b'{"event_id": "$1"}'
    server = {"server": sink.url.removesuffix("/in"), "token": "wren"}
    one = message({"room": "!rook:example.org"}, server)
    assert matrix.carry(one, {}) == matrix.carry(one, {}) == "$1"
    first, second = sink.requests
    assert first.method == "PUT"
    assert first.path == second.path
    assert first.path.startswith("/_matrix/client/v3/rooms/%21rook%3Aexample.org/send/m.room.message/")
    assert first.content["msgtype"] == "m.text"


class Mailbox:
    """Keeps letters; knows nobody called nobody@."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: Any
    ) -> str:
        if to.startswith("nobody@"):
            return "550 No such person"
        if to.startswith("full@"):
            return "452 Full"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.letters.append(envelope)
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, dict[str, str]]]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=0)
    controller.port = _free_port()
    controller.start()
    yield mailbox, {"host": "127.0.0.1", "port": str(controller.port), "security": "plain", "from": "a@example.org"}
    controller.stop()


def _free_port() -> int:
    from tests.plugins.server import free_port

    return free_port()


def test_a_letter(mail: tuple[Mailbox, dict[str, str]]) -> None:
    mailbox, server = mail
    session: dict[str, Any] = {}
    one = message({"to": "sam@example.org"}, server)
    email.carry(one, session)
    session["smtp"].server.sock.close()  # it had been idle for too long
    email.carry(one, session)
    letter = message_from_bytes(bytes(mailbox.letters[0].content or b""))
    assert letter["Subject"] == "A check-in has no answer. (0A1B-2C3D)"
    assert "https://alongside.example/told/" in str(letter.get_payload())
    assert len(mailbox.letters) == 2


@pytest.mark.parametrize(("to", "is_final"), [("nobody@example.org", True), ("full@example.org", False)])
def test_a_mailbox_that_is_not_there_or_full(mail: tuple[Mailbox, dict[str, str]], to: str, is_final: bool) -> None:
    with pytest.raises(NotAccepted) as refused:
        email.carry(message({"to": to}, mail[1]), {})
    assert refused.value.is_final is is_final


@pytest.fixture
def subscriber() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """What a browser makes when it subscribes: a key pair and a secret."""
    return ec.generate_private_key(ec.SECP256R1()), b"sixteen bytes ok"


def subscription(sink: Sink, subscriber: tuple[ec.EllipticCurvePrivateKey, bytes]) -> dict[str, str]:
    point = subscriber[0].public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"endpoint": sink.url, "p256dh": _text(point), "auth": _text(subscriber[1])}


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_a_push_is_read_by_its_browser_only(sink: Sink, subscriber: tuple[ec.EllipticCurvePrivateKey, bytes]) -> None:
    """Decrypted with the browser's own key, as a browser would."""
    one = message(subscription(sink, subscriber), {"vapid": SEED.hex(), "from": "https://alongside.example"})
    push.carry(one, {})
    (request,) = sink.requests
    assert (request.headers["ttl"], request.headers["urgency"]) == ("600", "high")
    assert one.incident is not None
    assert request.headers["topic"] == one.incident.hex
    shown = json.loads(decrypt(request.body, private_key=subscriber[0], auth_secret=subscriber[1], version="aes128gcm"))
    assert shown["words"] == one.words
    assert b"check-in" not in request.body
    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever it raises: it does not open)
        decrypt(request.body, private_key=subscriber[0], auth_secret=b"another 16 bytes", version="aes128gcm")


def test_a_push_service_can_check_who_sends(sink: Sink, subscriber: tuple[ec.EllipticCurvePrivateKey, bytes]) -> None:
    push.carry(message(subscription(sink, subscriber), {"vapid": SEED.hex()}), {})
    token, key = re.fullmatch("vapid t=(.+), ?k=(.+)", sink.requests[0].headers["authorization"]).groups()  # type: ignore[union-attr]
    signed, _dot, signature = token.rpartition(".")
    claims = json.loads(_bytes(signed.partition(".")[2]))
    assert claims["aud"] == sink.url.removesuffix("/in")
    assert 0 < claims["exp"] - time.time() <= 24 * 3600
    r, s = (int.from_bytes(half, "big") for half in (_bytes(signature)[:32], _bytes(signature)[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(key))
    public.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
    assert key == push.public_key(push.vapid_key(SEED))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def test_a_subscription_that_ended_is_known(sink: Sink, subscriber: tuple[ec.EllipticCurvePrivateKey, bytes]) -> None:
    sink.status = 410
    with pytest.raises(NotAccepted) as refused:
        push.carry(message(subscription(sink, subscriber), {"vapid": SEED.hex()}), {})
    assert refused.value.is_final


@pytest.mark.parametrize("broken", [{"p256dh": "AAAA"}, {"endpoint": "nowhere"}])
def test_a_key_or_an_address_that_is_none_is_final_too(
    sink: Sink, subscriber: tuple[ec.EllipticCurvePrivateKey, bytes], broken: dict[str, str]
) -> None:
    address = subscription(sink, subscriber) | broken
    with pytest.raises(NotAccepted) as refused:
        push.carry(message(address, {"vapid": SEED.hex()}), {})
    assert refused.value.is_final
