"""Contacts that arrive at the same moment share one transaction.

The first of them writes; those that come meanwhile wait, and the next write takes all of them. A contact that comes
alone is written at once. Nobody is answered before their contact is stored.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import get_language

from alongside.encounters.ingest import Sent, ingest_together
from alongside.encounters.submissions import Receipt, Sender, Submission
from alongside.kernel.baton import baton

MOST = 64


def ingest_with_others(submission: Submission, *, sender: Sender) -> Receipt:
    """As `ingest`. A correction goes by itself, and so does what belongs to a transaction that is already open."""
    sent = (submission, sender)
    if submission.corrects or connection.in_atomic_block:
        return _by_itself(sent)
    with _making:
        queue = _queues[sender.program.pk, get_language()]
    return queue.take(sent)


def _by_itself(sent: Sent) -> Receipt:
    return ingest_together([sent])[0]


class _Waiting:
    """One contact, until somebody knows its outcome or it is its turn to write."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent
        self.woken = threading.Event()
        self.outcome: Callable[[], Receipt] | None = None


class _Queue:
    """Contacts of one program, answered in one language."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._is_writing = False

    def take(self, sent: Sent) -> Receipt:
        mine = _Waiting(sent)
        with self._lock:
            self._waiting.append(mine)
            must_wait, self._is_writing = self._is_writing, True
        if must_wait:
            with baton.lent():
                mine.woken.wait()
        return mine.outcome() if mine.outcome else self._write_with_others()

    def _write_with_others(self) -> Receipt:
        """Whoever comes here is the first of those who wait."""
        baton.let_others_pass()
        with self._lock:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            outcomes = _outcomes([each.sent for each in group])
        except BaseException as error:
            outcomes = [partial(_fail, error)] * len(group)
            raise
        finally:
            for each, outcome in zip(group, outcomes, strict=True):
                each.outcome = outcome
            self._pass_on(group[1:])
        return outcomes[0]()

    def _pass_on(self, answered: list[_Waiting]) -> None:
        with self._lock:
            self._is_writing = bool(self._waiting)
            following = self._waiting[:1]
        for each in (*answered, *following):
            each.woken.set()


def _outcomes(sent: list[Sent]) -> list[Callable[[], Receipt]]:
    """A database that is away or can't write is so for all. A fault of ours may be about one contact only."""
    try:
        return [partial(_pass, receipt) for receipt in ingest_together(sent)]
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 - each tries by itself, and whoever is at fault sees it
        return [partial(_by_itself, each) for each in sent]


def _pass(receipt: Receipt) -> Receipt:
    return receipt


def _fail(error: BaseException) -> Receipt:
    raise error


_queues: defaultdict[tuple[int, str | None], _Queue] = defaultdict(_Queue)
_making = threading.Lock()
