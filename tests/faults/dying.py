"""Runs in a process of its own, in the home of a server: somebody starts a check-in, or asks for more time, in a
process that is killed before its first question to the database, before its second, … and around the commit.

python -m tests.faults.dying FIRST STEP -> {"start": [End, …], "more": [End, …]}, one for each place where it dies:
the first, and every so many after it
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypedDict
from unittest.mock import patch

from alongside.config.starting import start_django

AGO_MS = 50_000
GRACE_MS = 30_000


Say = Callable[[Any], None]


class End(TypedDict):
    """What the person was told, and what the tables hold afterwards."""

    answered: list[str]
    """What opens their check-in and its id, if the process lived long enough to say so."""
    check_ins: list[str]
    alarms: list[str]
    plans: list[str]
    apart_ms: list[int]
    """From each check-in's deadline until its alarm."""
    newest_ms: int


def in_a_process_of_its_own(do: Callable[[Say], None]) -> list[Any]:
    """All that it said before it ended or died. SQLite's files may not be open while we fork."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            do(lambda answer: _say(writing, answer))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as said:
        answers = [json.loads(line) for line in said]
    os.waitpid(pid, 0)
    return answers


def _say(writing: int, answer: Any) -> None:
    os.write(writing, json.dumps(answer).encode() + b"\n")


def begin(keys: Path, say: Say) -> None:
    from django_scopes import scopes_disabled

    from tests.checkins.covering import cover

    with scopes_disabled():
        say(cover(keys).address)


def start(address: str, place: int, say: Say) -> None:
    form = {"protocol": "injected", "place": "Heron Street 9", "entry": "", "more": "", "friend": ""}
    _post(address, form, place, say)


def ask_for_more(address: str, place: int, say: Say, *, shown: str) -> None:
    _post(f"{address}now/", {"do": "more", "pass": shown}, place, say)


def _post(address: str, form: dict[str, str], place: int, say: Say) -> None:
    from django.test import Client

    from alongside.services.checkins.models import CheckIn

    _beat()
    look(say)
    with ExitStack() as dying:
        _die_at(place, dying)
        answer = Client(SERVER_NAME="127.0.0.1").post(address, form)
        assert answer.status_code == 200, answer.content.decode()
    shown = re.search(r'name="pass" value="([^"]+)"', answer.content.decode())
    assert shown
    say([shown[1], str(CheckIn._base_manager.latest("started_ms").pk)])


def _beat() -> None:
    from alongside.alarms.beats import PARTS, Heart
    from alongside.jobs.django_store import DjangoStore

    for part in PARTS:
        Heart(part).beat(DjangoStore())


def _die_at(place: int, dying: ExitStack) -> None:
    from django.db import connection

    passed = count(1)

    def pass_by() -> None:
        if next(passed) == place:
            os.kill(os.getpid(), signal.SIGKILL)

    def ask(execute: Callable[..., Any], *arguments: Any) -> Any:
        pass_by()
        return execute(*arguments)

    commit = connection._commit

    def commit_between() -> None:
        pass_by()
        commit()
        pass_by()

    dying.enter_context(connection.execute_wrapper(ask))
    dying.enter_context(patch.object(connection, "_commit", commit_between))


def look(say: Say) -> None:
    """And then let some time pass, so that a deadline that moved alone is seen."""
    from django.db.models import F

    from alongside.alarms.models import Alarm
    from alongside.services.checkins.models import CheckIn, SealedPlan

    due = dict(CheckIn._base_manager.values_list("pk", "due_ms"))
    alarms = dict(Alarm._base_manager.filter(state="waiting").values_list("subject", "due_ms"))
    say(
        End(
            answered=[],
            check_ins=sorted(map(str, due)),
            alarms=sorted(map(str, alarms)),
            plans=sorted(map(str, SealedPlan._base_manager.values_list("check_in_id", flat=True))),
            apart_ms=[alarms[each] - due[each] for each in due if each in alarms],
            newest_ms=max(due.values(), default=0),
        )
    )
    CheckIn._base_manager.update(due_ms=F("due_ms") - AGO_MS)
    Alarm._base_manager.update(due_ms=F("due_ms") - AGO_MS, next_ms=F("next_ms") - AGO_MS)


def every_end(attempt: Callable[..., None], address: str, *, places: range) -> list[End]:
    """Until one has lived through to its answer. How one ended is what the next finds."""
    ends: list[End] = []
    for place in places:
        before, *answers = in_a_process_of_its_own(partial(attempt, address, place))
        ends.append(before)
        if answers:
            last = in_a_process_of_its_own(look)[0]
            return [*ends[1:], last | {"answered": answers[0]}]
    raise AssertionError("It never came to an answer.")


def main(first: str, step: str) -> None:
    places = range(int(first), 1000, int(step))
    with tempfile.TemporaryDirectory() as keys:
        (address,) = in_a_process_of_its_own(partial(begin, Path(keys)))
        started = every_end(start, address, places=places)
        more = partial(ask_for_more, shown=started[-1]["answered"][0])
        moved = every_end(more, address, places=places)
    sys.stdout.write(json.dumps({"start": started, "more": moved}))


def load() -> None:
    """All that a process would load for its first page, so that those forked from this one have it."""
    start_django()
    from django.urls import resolve

    from alongside.config import wsgi  # noqa: F401 (for the middleware)

    resolve("/check-in/harbor/")


if __name__ == "__main__":
    load()
    main(*sys.argv[1:])
