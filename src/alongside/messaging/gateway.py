"""Asking a gateway to send a text: one request, made from the program's own template."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.messaging.asking import NotAccepted, ask
from alongside.messaging.filling import NUMBER, TEXT, as_header, content_type, filled


class GatewayFailed(Exception):
    """The gateway did not take it. Says nothing of what it was given."""


def check_url(url: str) -> None:
    """Refuse what is no address, and a number that would travel unencrypted beyond the local network."""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_whole = False
    if not is_whole or any(sign.isspace() for sign in url):
        raise Refusal(_("Write the gateway's whole address, such as https://gateway.example/send."))
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        raise Refusal(_("Outside your own network the address has to begin with https: others could read the texts."))


def _is_near(host: str) -> bool:
    """True for this computer and private addresses."""
    if host == "localhost" or host.endswith((".local", ".lan", ".home.arpa")):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def check_template(template: str, *, body: str) -> None:
    if NUMBER not in template or TEXT not in template:
        raise Refusal(_("The template needs {number} and {text}, where the number and the text belong."))
    try:
        filled(template, body=body, number="+15550000000", text="x")
    except ValueError:
        raise Refusal(_("The template is not whole: write JSON, or a name=value on each line.")) from None


def post(url: str, content: bytes, *, body: str, header: str) -> None:
    """Raises GatewayFailed unless the answer is a success. Follows no redirection: nobody else gets the number."""
    try:
        ask({}, url, content, {"Content-Type": content_type(body)} | as_header(header))
    except NotAccepted as failure:
        raise GatewayFailed(str(failure)) from None
