"""Contacts that arrive at the same moment share a transaction; each is answered as if it had come alone."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import pytest
from django.db import OperationalError, transaction
from django_scopes import scope

from alongside.encounters import gathering
from alongside.encounters.ingest import Sent, ingest_together
from alongside.encounters.models import Encounter
from alongside.encounters.submissions import Receipt, Submission
from alongside.kernel.baton import Baton, baton
from alongside.kernel.clock import now
from alongside.sites.models import AuditEvent
from tests.ledger.shelves import Books
from tests.ledger.test_at_once import new_place
from tests.ledger.writers import at_once, shared
from tests.places import SYRINGE, Place

__all__ = ["shared"]
pytestmark = pytest.mark.usefixtures("shared")

OTHERS = 6


@pytest.fixture
def place(shared: object) -> Iterator[Place]:
    place = new_place()
    with scope(program=place.program):
        yield place


class Crowd:
    """One contact is being written; meanwhile all the others have come."""

    def __init__(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place, self.sizes = place, list[int]()
        self.fault: Callable[[Sequence[Sent]], None] = lambda sent: None
        self._all_there = threading.Event()
        monkeypatch.setattr(gathering, "ingest_together", self._ingest_together)
        monkeypatch.setattr(gathering._Waiting, "__init__", self._count(gathering._Waiting.__init__))
        self._come = 0

    def _count(self, make: Callable[..., None]) -> Callable[..., None]:
        def counted(waiting: object, sent: Sent) -> None:
            make(waiting, sent)
            self._come += 1

        return counted

    def _ingest_together(self, sent: Sequence[Sent]) -> list[Receipt]:
        is_first = not self.sizes
        self.sizes.append(len(sent))
        if is_first:
            self._all_there.wait(20)
        self.fault(sent)
        return ingest_together(sent)

    def send(self, contacts: Sequence[Submission]) -> list[object]:
        """Words, or the class of what went wrong."""

        def one(said: Submission) -> object:
            with scope(program=self.place.program):
                try:
                    return gathering.ingest_with_others(said, sender=replace(self.place.sender)).word
                except (OperationalError, ZeroDivisionError) as error:
                    return type(error)

        watch = threading.Thread(target=self._watch, args=[len(contacts)])
        watch.start()
        words = at_once([lambda said=said: one(said) for said in contacts])  # type: ignore[misc]
        watch.join()
        return words

    def _watch(self, count: int) -> None:
        while self._come < count:
            threading.Event().wait(0.005)
        threading.Event().wait(0.05)  # the last one is counted just before it stands in the queue
        self._all_there.set()


@pytest.fixture
def crowd(place: Place, monkeypatch: pytest.MonkeyPatch) -> Crowd:
    return Crowd(place, monkeypatch)


def contacts(place: Place) -> list[Submission]:
    books = Books(place)
    return [books.contact(place.site, {SYRINGE: 1}) for _ in range(OTHERS + 1)]


def test_whoever_comes_meanwhile_is_written_together(place: Place, crowd: Crowd) -> None:
    said = contacts(place)
    assert crowd.send(said) == ["accepted"] * len(said)
    assert crowd.sizes == [1, OTHERS]
    assert place.on_hand(SYRINGE) == -len(said)
    lines = AuditEvent.objects.filter(action="contacts.recorded").values_list("target", "detail__contacts")
    assert set(lines) == {(str(each.id), 1) for each in said}


def test_each_has_its_own_answer(place: Place, crowd: Crowd) -> None:
    said = contacts(place)
    said[1] = replace(said[1], site_id=0)
    said[2] = said[3]
    assert Counter(crowd.send(said)) == {"accepted": OTHERS - 1, "refused": 1, "duplicate": 1}
    assert Encounter.objects.count() == OTHERS - 1


def test_a_database_that_is_away_is_away_for_all_and_they_may_try_again(place: Place, crowd: Crowd) -> None:
    def fault(sent: Sequence[Sent]) -> None:
        if len(crowd.sizes) == 2:
            raise OperationalError

    crowd.fault = fault
    said = contacts(place)
    assert Counter(crowd.send(said)) == {"accepted": 1, OperationalError: OTHERS}
    crowd.fault = lambda sent: None
    assert Counter(crowd.send(said)) == {"duplicate": 1, "accepted": OTHERS}


def test_one_with_a_fault_spoils_none_of_the_others(place: Place, crowd: Crowd) -> None:
    said = contacts(place)

    def fault(sent: Sequence[Sent]) -> None:
        if any(each.id == said[4].id for each, _sender in sent):
            raise ZeroDivisionError

    crowd.fault = fault
    assert Counter(crowd.send(said)) == {"accepted": OTHERS, ZeroDivisionError: 1}
    assert Encounter.objects.count() == OTHERS


def test_who_stands_at_the_door_is_written_with_who_is_in(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first has not written yet when the others come, as when a slow computer reads one form after the other."""
    said, sizes = contacts(place), list[int]()
    is_in, all_there = threading.Event(), threading.Event()
    baton = Baton(patience_seconds=20)
    monkeypatch.setattr(gathering, "baton", baton)
    monkeypatch.setattr(gathering, "ingest_together", lambda sent: sizes.append(len(sent)) or ingest_together(sent))

    def one(position: int) -> str:
        if position:
            is_in.wait(20)
        with baton.held(), scope(program=place.program):
            if not position:
                is_in.set()
                all_there.wait(20)
            return gathering.ingest_with_others(said[position], sender=replace(place.sender)).word

    def watch() -> None:
        while len(baton._queue) < OTHERS:
            threading.Event().wait(0.005)
        all_there.set()

    threading.Thread(target=watch, daemon=True).start()
    assert at_once([partial(one, position) for position in range(len(said))]) == ["accepted"] * len(said)
    assert sizes == [len(said)]


def test_whoever_commits_lets_others_work_meanwhile(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    lent: list[Baton] = []

    def lend(baton: Baton) -> nullcontext[None]:
        lent.append(baton)
        return nullcontext()

    monkeypatch.setattr(Baton, "lent", lend)
    with transaction.atomic():
        AuditEvent.objects.create(program=place.program, action="written", at=now())
        assert not lent
    assert lent == [baton]
