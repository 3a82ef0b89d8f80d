"""An e-mail through the program's mail server."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Final

from alongside.messaging.alerting.channels.carrying import Message
from alongside.messaging.asking import SECONDS, NotAccepted, Session

PLAIN, STARTTLS, TLS = "plain", "starttls", "tls"
_OPEN: Final = "smtp"
_NO_SUCH_PERSON = {550, 551, 553}


class _Open:
    """A connection that is closed the way every other one is."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.server.close()


def carry(message: Message, session: Session) -> str:
    if not message.carrier.get("host"):
        raise NotAccepted("no mail server is set up")
    try:
        _server(message, session).send_message(_letter(message), to_addrs=[message.address["to"]])
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _answer in error.recipients.values()}
        raise NotAccepted(f"status {min(codes)}", is_final=codes <= _NO_SUCH_PERSON) from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        if (held := session.pop(_OPEN, None)) is not None:
            held.close()
            if isinstance(error, smtplib.SMTPServerDisconnected):
                return carry(message, session)  # it had closed a connection that we kept
        raise NotAccepted(type(error).__name__) from None
    return f"<{message.id.hex}@alongside>"


def _letter(message: Message) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = message.carrier["from"]
    letter["To"] = message.address["to"]
    letter["Subject"] = message.words
    letter["Message-ID"] = f"<{message.id.hex}@alongside>"
    letter["X-Priority"] = "1" if message.urgency == 0 else "3"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(f"{message.words}\n\n{message.link}\n")
    return letter


def _server(message: Message, session: Session) -> smtplib.SMTP:
    if _OPEN in session:
        return session[_OPEN].server  # type: ignore[no-any-return]
    carrier = message.carrier
    host, port, security = carrier["host"], int(carrier.get("port") or 25), carrier.get("security", STARTTLS)
    if security == TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    if security == STARTTLS:
        server.starttls(context=ssl.create_default_context())
    if carrier.get("user"):
        server.login(carrier["user"], carrier.get("password", ""))
    session[_OPEN] = _Open(server)
    return server
