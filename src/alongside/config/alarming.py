"""Puts the alarm's processes together. Nothing here loads Django: they stay small."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any

from alongside.alarms.engine import Engine
from alongside.config import database, keys, paths
from alongside.config.roles import alarm_settings
from alongside.jobs.store import PostgresStore, SqliteStore, Store
from alongside.messaging.alerting.addresses import AddressBook
from alongside.messaging.alerting.channels.all import CHANNELS
from alongside.messaging.alerting.sender import LEASE_SECONDS
from alongside.services.checkins.rules.keeping import KIND, PlanKeeper, ask_before_opening

HEARTBEAT_SECONDS = 30.0
_HEARTBEAT_WAIT_SECONDS = 5


def make_engine() -> Engine:
    return Engine(
        open_store=store_opener(alarm_settings()),
        channels=CHANNELS,
        book=AddressBook(
            keys.message_key(), public_address=os.environ.get("ALONGSIDE_ADDRESS", ""), push_key=keys.push_key()
        ),
        lease_seconds=min(LEASE_SECONDS, float(os.environ.get("ALONGSIDE_LEASE_SECONDS", LEASE_SECONDS))),
        also={KIND: ask_before_opening},
        chores=(PlanKeeper(paths.keys_folder() / "plans", message_key=keys.message_key()),),
        heartbeat=Heartbeat(os.environ.get("ALONGSIDE_HEARTBEAT_URL", "")).beat,
    )


def store_opener(settings: dict[str, Any]) -> Callable[[], Store]:
    if database.is_postgresql(settings):
        return partial(PostgresStore, _parameters(settings))
    return partial(SqliteStore, settings["NAME"], key=keys.database_key())


def _parameters(settings: dict[str, Any]) -> dict[str, Any]:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {theirs: settings[ours] for ours, theirs in names.items() if settings[ours]}
    return {**given, **settings["OPTIONS"]}


class Heartbeat:
    """Tells somebody outside that all is well. When it stops, they raise the alarm: that is their part."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._last = float("-inf")

    def beat(self) -> None:
        if not self._url.startswith(("http://", "https://")) or monotonic() - self._last < HEARTBEAT_SECONDS:
            return
        self._last = monotonic()
        with suppress(OSError), urllib.request.urlopen(self._url, timeout=_HEARTBEAT_WAIT_SECONDS):  # noqa: S310
            pass
