"""Opens addresses and gateways' settings for a sender, and makes the link that a message carries."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from alongside.jobs.store import Row, Store, places, uuid_of
from alongside.messaging.alerting.channels.carrying import Message
from alongside.messaging.boxes import Unreadable, derived_key, unseal

REMEMBERED_SECONDS = 5.0
TOKEN_BYTES = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """Whom a waiting message is for."""

    dispatch_id: UUID
    program_id: int
    target_id: UUID | None
    channel: str
    sealed: bytes | None = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """All that a channel needs to reach them."""

    link: str = field(repr=False)
    address: Mapping[str, str] = field(repr=False)
    carrier: Mapping[str, str] = field(repr=False)

    def message(self, row: Row, *, seconds_left: int) -> Message:
        return Message(
            id=uuid_of(row[0]),
            incident=uuid_of(row[2]) if row[2] else None,
            words=row[7],
            link=self.link,
            urgency=row[8],
            seconds_left=seconds_left,
            address=self.address,
            carrier=self.carrier,
        )


def link_token(message_key: bytes, dispatch_id: UUID) -> str:
    """Who has this has been sent that message. Nothing is stored for it: it follows from the message's id."""
    digest = hmac.digest(_link_key(message_key), dispatch_id.bytes, "sha256")
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()


@lru_cache(maxsize=4)
def _link_key(message_key: bytes) -> bytes:
    return derived_key(message_key, "alarm links")


class AddressBook:
    """Reads with the sender's own connection; keeps what it read for a few seconds."""

    def __init__(self, message_key: bytes, *, public_address: str, push_key: bytes = b"") -> None:
        self._message_key = message_key
        self._key = derived_key(message_key, "sealed")
        self._public_address = public_address.rstrip("/")
        self._push = {"vapid": push_key.hex(), "from": self._public_address}
        self._carriers: dict[tuple[int, str], Mapping[str, str]] = {}
        self._read_at = float("-inf")

    def addresses(self, store: Store, wanted: Sequence[Who]) -> dict[UUID, Found]:
        """By message. Those without an address are left out, and those who have texted STOP."""
        if time.monotonic() - self._read_at > REMEMBERED_SECONDS:
            self._carriers, self._read_at = self._read_carriers(store), time.monotonic()
        targets = self._read_targets(store, {who.target_id for who in wanted if who.target_id})
        found: dict[UUID, Found] = {}
        for who in wanted:
            address = self._own_address(who) if who.target_id is None else targets.get(who.target_id)
            if address is not None:
                carrier = self._push if who.channel == "push" else self._carriers.get((who.program_id, who.channel), {})
                found[who.dispatch_id] = Found(link=self.link(who.dispatch_id), address=address, carrier=carrier)
        return found

    def link(self, dispatch_id: UUID) -> str:
        if not self._public_address:
            return ""
        return f"{self._public_address}/told/{dispatch_id}/{link_token(self._message_key, dispatch_id)}/"

    def _own_address(self, who: Who) -> Mapping[str, str] | None:
        return self._opened(who.sealed, f"alerting.dispatch.address.{who.dispatch_id}")

    def _read_targets(self, store: Store, ids: set[UUID]) -> dict[UUID, Mapping[str, str]]:
        if not ids:
            return {}
        rows = store.rows(
            "SELECT id, address FROM alerting_target WHERE ended_ms IS NULL AND failure <> 'STOP' "
            f"AND id IN ({places(len(ids))})",
            store.ids(list(ids)),
        )
        opened = {(key := uuid_of(row[0])): self._opened(row[1], f"alerting.target.address.{key}") for row in rows}
        return {key: address for key, address in opened.items() if address is not None}

    def _read_carriers(self, store: Store) -> dict[tuple[int, str], Mapping[str, str]]:
        """A program that has no gateway of its own for alarms' texts uses the one of its text line."""
        found: dict[tuple[int, str], Mapping[str, str]] = {}
        for program_id, content in self._text_lines(store):
            found[program_id, "text"] = content
        for identity, program_id, channel, sealed in store.rows(
            "SELECT id, program_id, channel, settings FROM alerting_carrier"
        ):
            if own := self._opened(sealed, f"alerting.carrier.settings.{uuid_of(identity)}"):
                found[program_id, channel] = own
        return found

    def _text_lines(self, store: Store) -> list[tuple[int, Mapping[str, str]]]:
        rows = store.rows(
            "SELECT id, program_id, gateway_url, gateway_body, gateway_template, gateway_header "
            "FROM messaging_textline WHERE gateway_url <> ''"
        )
        return [
            (row[1], {"url": row[2], "body": row[3], "template": row[4], "header": self._header(row[0], row[5])})
            for row in rows
        ]

    def _header(self, identity: Any, sealed: Any) -> str:
        if not sealed:
            return ""
        try:
            return unseal(bytes(sealed), place=f"messaging.textline.gateway_header.{uuid_of(identity)}", key=self._key)
        except Unreadable:
            return ""

    def _opened(self, sealed: Any, place: str) -> Mapping[str, str] | None:
        if not sealed:
            return None
        try:
            content = json.loads(unseal(bytes(sealed), place=place, key=self._key))
        except (Unreadable, ValueError):
            return None
        return content if isinstance(content, dict) else None
