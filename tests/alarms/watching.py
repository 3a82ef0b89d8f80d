"""Alarms to test with, and the parts of the engine run by hand in the test's own process."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import connection

from alongside.alarms.actions import set_alarm
from alongside.alarms.auditor import broken_properties
from alongside.alarms.engine import Engine
from alongside.alarms.stages import Stage
from alongside.config.alarming import store_opener
from alongside.jobs.django_store import DjangoStore
from alongside.jobs.store import Store
from alongside.kernel.ids import uuid7
from alongside.messaging.alerting.addresses import AddressBook
from alongside.messaging.alerting.channels.all import CHANNELS
from alongside.messaging.alerting.models import Channel, Target
from alongside.messaging.alerting.sender import Sender
from alongside.sites.models import Program

KIND = "tests.watch"
SILENCE = {"runner_silent", "sender_silent"}


def webhook(program: Program, url: str, *, name: str = "Hook", user_id: int | None = None) -> Target:
    return target(program, Channel.WEBHOOK, {"url": url}, lane=url.split("/")[2], name=name, user_id=user_id)


def target(
    program: Program,
    channel: str,
    address: dict[str, str],
    *,
    lane: str = "here",
    name: str = "Target",
    user_id: int | None = None,
) -> Target:
    made = Target(program=program, name=name, channel=channel, lane=f"{channel}:{lane}", made_ms=0, user_id=user_id)
    made.keep_sealed("address", json.dumps(address))
    made.save(force_insert=True)
    return made


def watch(
    program: Program, *targets: Target, in_seconds: float = 0, words: str = "No answer.", again_seconds: int = 2
) -> UUID:
    """An alarm that tells all of them at its deadline, and once more some seconds later."""
    subject, ids = uuid7(), tuple(each.pk for each in targets)
    stages = [Stage(after_seconds=0, target_ids=ids), Stage(after_seconds=again_seconds, target_ids=ids)]
    set_alarm(
        subject,
        kind=KIND,
        program_id=program.pk,
        site_id=None,
        in_seconds=in_seconds,
        stages=stages,
        words=words,
    )
    return subject


def open_store() -> Store:
    """A connection of the engine's own to the test's database."""
    return store_opener(connection.settings_dict | {"NAME": connection.settings_dict["NAME"]})()


def make_book(public_address: str = "https://alongside.example") -> AddressBook:
    return AddressBook(settings.MESSAGE_KEY(), public_address=public_address, push_key=b"\x07" * 32)


def make_engine() -> Engine:
    return Engine(open_store=open_store, channels=CHANNELS, book=make_book())


def make_sender() -> Sender:
    """Sends by the test's own connection, so also inside its transaction."""
    return Sender(DjangoStore, channels=CHANNELS, book=make_book())


@contextmanager
def running(engine: Engine, *parts: str) -> Iterator[None]:
    """Threads in place of processes: for what needs no killing."""
    stopping = threading.Event()
    loops = {"runner": engine.run_runner, "sender": engine.run_sender, "auditor": engine.run_auditor}
    threads = [threading.Thread(target=loops[part], args=(stopping,), daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(10)


def broken() -> set[str]:
    """What the auditor would find, apart from parts that a test does not run."""
    return {each.what for each in broken_properties(DjangoStore())} - SILENCE
