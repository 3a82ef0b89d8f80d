"""One request to somebody's server over a connection that stays open, by libcurl. http.client takes thrice as long.

The library is loaded with the first request (9 MB): a program that has nobody to tell does without it.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pycurl

SECONDS = 5.0
"""How long a server may take. One that takes longer holds up only its own lane."""
MOST_ANSWER_BYTES = 64 * 1024
GONE = {404, 410}
_KEPT = "connection"
_FAILURES = {6: "no such server", 7: "could not connect", 28: "no answer in time", 60: "certificate not trusted"}
"""What libcurl's numbers mean, of those that somebody can do something about."""


Session = dict[str, Any]
"""What a thread keeps open between messages of one lane."""


class NotAccepted(Exception):
    """The server would not take it, or could not be asked. Says nothing of what it was given."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
        """There is no such address: trying again is useless, and a person has to know."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: bytes


def ask(session: Session, url: str, content: bytes, headers: Mapping[str, str], *, method: str = "POST") -> Answer:
    """Raises NotAccepted unless the answer is a success. Follows no redirection: nobody else gets the message."""
    import pycurl

    connection = session[_KEPT] = session.get(_KEPT) or _connection()
    body, lines = _Beginning(), list[bytes]()
    try:
        connection.setopt(pycurl.URL, url)
        connection.setopt(pycurl.CUSTOMREQUEST, method)
        connection.setopt(pycurl.POSTFIELDS, content)
        connection.setopt(pycurl.HTTPHEADER, _header_lines(headers))
        connection.setopt(pycurl.WRITEFUNCTION, body.add)
        connection.setopt(pycurl.HEADERFUNCTION, lines.append)
        connection.perform()
    except ValueError:
        raise NotAccepted("the address or a header is not whole") from None
    except pycurl.error as error:
        if not body.is_enough:
            number = int(error.args[0])
            raise NotAccepted(_FAILURES.get(number, f"connection failed ({number})")) from None
    status = connection.getinfo(pycurl.RESPONSE_CODE)
    if not 200 <= status < 300:
        raise NotAccepted(f"status {status}", is_final=status in GONE)
    return Answer(status, _read_headers(lines), body.getvalue())


class _Beginning(BytesIO):
    """As much of an answer as we look at."""

    is_enough = False

    def add(self, part: bytes) -> int:
        """How much of it was taken; libcurl ends the answer if that is not all."""
        taken = self.write(part[: MOST_ANSWER_BYTES - self.tell()])
        self.is_enough = taken < len(part)
        return taken


def _header_lines(headers: Mapping[str, str]) -> list[bytes]:
    """Raises ValueError for what can't travel, or would become a second header."""
    lines = [f"{name}: {value}".encode("latin-1") for name, value in headers.items()]
    if any(sign in line for line in lines for sign in (b"\r", b"\n", b"\0")):
        raise ValueError
    return lines


def _read_headers(lines: list[bytes]) -> dict[str, str]:
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _connection() -> pycurl.Curl:
    import pycurl

    connection = pycurl.Curl()
    connection.setopt(pycurl.NOSIGNAL, 1)
    connection.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    connection.setopt(pycurl.PROXY, "")
    connection.setopt(pycurl.USERAGENT, "Alongside")
    connection.setopt(pycurl.TIMEOUT_MS, round(SECONDS * 1000))
    trusted = ssl.get_default_verify_paths()
    if trusted.cafile:
        connection.setopt(pycurl.CAINFO, trusted.cafile)
    if trusted.capath:
        connection.setopt(pycurl.CAPATH, trusted.capath)
    return connection
