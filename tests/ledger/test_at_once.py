"""Several desks at the same moment, on both databases: no unit lost or doubled, nothing stuck, nothing refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from random import Random

import pytest
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.changes import bring_back, undo
from alongside.encounters.ingest import ingest
from alongside.encounters.models import Attempt, Encounter
from alongside.encounters.submissions import Sender, Submission
from alongside.kernel.errors import Refusal
from alongside.supplies.models import Lot, StockMove
from alongside.supplies.moving import Delivered, adjust, receive, transfer
from tests.ledger.shelves import (
    KIT,
    LOTS,
    SINGLE,
    Books,
    Shelf,
    assert_facts_are_what_live_contacts_said,
    assert_levels_are_the_sums_of_their_moves,
    assert_only_flagged_lots_are_below_nothing,
    first_expiry_first,
    on_the_books,
)
from tests.ledger.writers import at_once, shared
from tests.places import SYRINGE, Place, facts
from tests.programs import make_member, make_program, site_of

__all__ = ["shared"]

WRITERS = 4
STEPS = 12


def new_place() -> Place:
    program = make_program()
    worker = make_member(program)
    sender = Sender(program=program, user_id=worker.pk, permissions=frozenset(PERMISSIONS), door="desk")
    return Place(program=program, site=site_of(program), worker=worker, sender=sender)


@dataclass
class Writer:
    """Somebody at a desk, doing one thing after another."""

    books: Books
    dice: Random
    contacts: list[Submission] = field(default_factory=list)
    shelf: Shelf = field(default_factory=Counter)

    def work(self) -> None:
        with scope(program=self.books.place.program):
            for _step in range(STEPS):
                self.dice.choices((self.give, self.take_back, self.correct, self.receive, self.move), (8, 3, 2, 2, 2))[
                    0
                ]()

    def give(self) -> None:
        keys = self.dice.sample((*SINGLE, KIT), self.dice.randint(1, 4))
        said = self.books.contact(self.dice.choice(self.books.sites), {key: self.dice.randint(1, 9) for key in keys})
        self._send(said, "accepted")
        self.contacts.append(said)

    def _send(self, said: Submission, word: str) -> None:
        assert ingest([said], sender=self.books.place.sender)[0].word == word
        if word == "accepted":
            self.shelf.subtract(self.books.leaves(said))

    def take_back(self) -> None:
        """Undo, and sometimes think again."""
        if not self.contacts:
            return
        said = self.contacts.pop()
        assert undo([said.id], sender=self.books.place.sender) == 1
        self.shelf.update(self.books.leaves(said))
        if self.dice.random() < 0.5:
            assert bring_back([said.id], sender=self.books.place.sender) == 1
            self.shelf.subtract(self.books.leaves(said))
            self.contacts.append(said)

    def correct(self) -> None:
        if not self.contacts:
            return
        said = self.contacts.pop()
        better = self.books.contact(
            self.dice.choice(self.books.sites), {SYRINGE: 3, "alcohol-pad": 2}, corrects=said.id
        )
        self.shelf.update(self.books.leaves(said))
        self._send(better, "accepted")
        self.contacts.append(better)

    def receive(self) -> None:
        site, key, units = self.dice.choice(self.books.sites), self.dice.choice(SINGLE), self.dice.randint(5, 60)
        line = Delivered(item=self.books.items[key], quantity=units, lot=self.dice.choice(list(LOTS)))
        receive([line], site=site, ledger=self.books.ledger())
        self.shelf[site.pk, key] += units

    def move(self) -> None:
        origin, destination = self.dice.sample(self.books.sites, 2)
        quantities = {self.books.items[key]: self.dice.randint(1, 8) for key in self.dice.sample(SINGLE, 2)}
        transfer(quantities, origin=origin, destination=destination, ledger=self.books.ledger())
        for item, units in quantities.items():
            self.shelf[origin.pk, item.key] -= units
            self.shelf[destination.pk, item.key] += units


def stocked(books: Books) -> Shelf:
    """A few of every lot on every shelf. A lot that comes for the first time at the very moment of a contact may be
    seen by the next contact only: there is no level yet that a writer could hold."""
    for site in books.sites:
        lines = [Delivered(item=lot.item, quantity=3, lot=lot.code) for lot in books.lots.values()]
        receive(lines, site=site, ledger=books.ledger())
    return Counter({(site.pk, key): 3 * len(LOTS) for site in books.sites for key in SINGLE})


@pytest.mark.usefixtures("shared")
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_many_writers_at_two_sites_lose_and_double_nothing(seed: int) -> None:
    place = new_place()
    with scope(program=place.program):
        books = Books(place)
        expected = stocked(books)
        writers = [Writer(books, Random(f"{seed}/{number}")) for number in range(WRITERS)]
        at_once([writer.work for writer in writers])
        for writer in writers:
            expected.update(writer.shelf)
        assert on_the_books() == Counter({where: units for where, units in expected.items() if units})
        assert_levels_are_the_sums_of_their_moves()
        assert_only_flagged_lots_are_below_nothing()
        assert_facts_are_what_live_contacts_said(books)
        assert_what_went_out_was_first_expiry_first()
        assert not Attempt.objects.exists()


def assert_what_went_out_was_first_expiry_first() -> None:
    """Play the moves again in the order they were written: whoever writes about an item at a site holds its levels."""
    days = {lot.pk: LOTS[lot.code] for lot in Lot.objects.filter(item__key__in=SINGLE)}
    moves = StockMove.objects.filter(item__key__in=SINGLE).order_by("site_id", "item_id", "pk")
    for _place, group in groupby(moves, key=lambda move: (move.site_id, move.item_id)):
        shelf: Counter[int] = Counter()
        for (_source, reason), each in groupby(group, key=lambda move: (move.source, move.reason)):
            together = list(each)
            taken: Counter[int] = Counter()
            for move in together:
                taken[move.lot_id] -= 0 if move.is_shortfall else move.quantity
            if reason == StockMove.Reason.HANDED_OUT:
                rows = [(lot, units, days[lot]) for lot, units in shelf.items()]
                assert +taken == first_expiry_first(rows, taken.total())
            for move in together:
                shelf[move.lot_id] += move.quantity


def seven(place: Place, job: Callable[[], object]) -> list[object]:
    def scoped() -> object:
        with scope(program=place.program):
            return job()

    return at_once([scoped] * 7)


@pytest.mark.usefixtures("shared")
def test_the_same_contact_from_many_connections_is_taken_once() -> None:
    place = new_place()
    with scope(program=place.program):
        said = Books(place).contact(place.site, {SYRINGE: 10, KIT: 1})
        words = Counter(seven(place, lambda: ingest([said], sender=place.sender)[0].word))
        assert words == {"accepted": 1, "duplicate": 6}
        assert place.on_hand(SYRINGE) == -10
        assert len([row for row in facts()["Given"] if row["item"] == SYRINGE]) == 1
        assert not Attempt.objects.exists()


@pytest.mark.usefixtures("shared")
def test_the_same_undo_correction_and_return_happen_once() -> None:
    place = new_place()
    with scope(program=place.program):
        books = Books(place)
        said = books.contact(place.site, {SYRINGE: 10})
        ingest([said], sender=place.sender)
        assert Counter(seven(place, lambda: undo([said.id], sender=place.sender))) == {1: 1, 0: 6}
        assert place.on_hand(SYRINGE) == 0
        assert Counter(seven(place, lambda: bring_back([said.id], sender=place.sender))) == {1: 1, 0: 6}
        assert place.on_hand(SYRINGE) == -10

        def correct() -> object:
            return ingest([books.contact(place.site, {SYRINGE: 3}, corrects=said.id)], sender=place.sender)[0].word

        assert Counter(seven(place, correct)) == {"accepted": 1, "conflict": 6}
        assert place.on_hand(SYRINGE) == -3
        assert Encounter.objects.filter(state="live").count() == 1


@pytest.mark.usefixtures("shared")
def test_the_last_box_is_taken_by_one_and_the_others_are_short() -> None:
    place = new_place()
    with scope(program=place.program):
        books = Books(place)
        receive([Delivered(item=books.items[SYRINGE], quantity=10, lot="SOON")], site=place.site, ledger=books.ledger())
        lot = books.lots[SYRINGE, "SOON"]

        def give() -> object:
            return ingest([books.contact(place.site, {SYRINGE: 10})], sender=place.sender)[0].word

        assert Counter(seven(place, give)) == {"accepted": 7}
        taken = StockMove.objects.filter(reason="handed_out", is_shortfall=False).values_list("lot_id", "quantity")
        assert list(taken) == [(lot.pk, -10)]
        assert place.on_hand(SYRINGE) == -60


@pytest.mark.usefixtures("shared")
def test_no_two_adjustments_take_the_same_units() -> None:
    place = new_place()
    with scope(program=place.program):
        books = Books(place)
        receive([Delivered(item=books.items[SYRINGE], quantity=10, lot="SOON")], site=place.site, ledger=books.ledger())
        lot = books.lots[SYRINGE, "SOON"]

        def throw_away() -> object:
            try:
                adjust(lot, -4, site=place.site, ledger=books.ledger())
            except Refusal:
                return "refused"
            return "done"

        assert Counter(seven(place, throw_away)) == {"done": 2, "refused": 5}
        assert place.on_hand(SYRINGE) == 2


@pytest.mark.usefixtures("shared")
def test_contacts_with_the_same_items_in_any_order_do_not_wait_for_each_other_for_ever() -> None:
    """On shelves that were never stocked, so that no level is there to be locked beforehand."""
    for _round in range(3):
        place = new_place()
        with scope(program=place.program):
            books = Books(place)
            keys = [KIT, *SINGLE, "cooker", "cotton", "water", "foil"]
            orders = [Random(number).sample(keys, len(keys)) for number in range(6)]

            def give(order: list[str], place: Place = place, books: Books = books) -> str:
                with scope(program=place.program):
                    given = books.contact(place.site, dict.fromkeys(order, 1))
                    return str(ingest([given], sender=place.sender)[0].word)

            assert at_once([partial(give, order) for order in orders]) == ["accepted"] * 6
            assert_levels_are_the_sums_of_their_moves()
