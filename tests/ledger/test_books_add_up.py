"""Whatever is done to the stock, in whatever order: the books are the sum of what happened."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from alongside.encounters.changes import bring_back, undo
from alongside.encounters.ingest import ingest
from alongside.encounters.submissions import Submission
from alongside.kernel.errors import Refusal
from alongside.supplies.models import StockLevel, StockMove
from alongside.supplies.moving import Delivered, adjust, count, dispose, receive, transfer
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
from tests.places import NALOXONE, Place

LotRows = list[tuple[int, int, int | None]]
"""Lot, units held, days left."""

UNITS = st.integers(1, 40)
SITE = st.integers(0, 1)
ITEM = st.sampled_from(SINGLE)
LOT = st.sampled_from(list(LOTS))
GIVEN = st.dictionaries(st.sampled_from((*SINGLE, KIT)), UNITS, min_size=1, max_size=3)


class Working(RuleBasedStateMachine):
    """A few days at two sites. `shelf` is what a person with a pencil would write down."""

    books: Books

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.shelf: Shelf = Counter()
        self.contacts: list[tuple[Submission, str]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @rule(site=SITE, key=ITEM, lot=LOT, units=UNITS)
    def receive(self, site: int, key: str, lot: str, units: int) -> None:
        line = Delivered(item=self.books.items[key], quantity=units, lot=lot)
        ledger = self.books.ledger()
        for _twice in range(2):
            receive([line], site=self.books.sites[site], ledger=ledger)
        self.shelf[self.books.sites[site].pk, key] += units

    @rule(site=SITE, given=GIVEN, people=st.integers(1, 3), is_each=st.booleans(), lot=LOT)
    def hand_out(self, site: int, given: dict[str, int], people: int, is_each: bool, lot: str) -> None:
        said = self.books.contact(self.books.sites[site], given, lot=lot, people=people, is_each=is_each)
        before = self._lots(site)
        assert [ingest([said], sender=self.books.place.sender)[0].word for _ in "12"] == ["accepted", "duplicate"]
        self._assert_first_expiry_went_first(said, before, named={NALOXONE} if lot else set())
        self.shelf.subtract(self.books.leaves(said))
        self.contacts.append((said, "live"))

    def _lots(self, site: int) -> dict[str, LotRows]:
        levels = StockLevel.objects.filter(site=self.books.sites[site]).select_related("lot", "item")
        found: dict[str, LotRows] = {}
        for level in levels:
            found.setdefault(level.item.key, []).append((level.lot_id, level.quantity, LOTS[level.lot.code]))
        return found

    def _assert_first_expiry_went_first(self, said: Submission, before: dict[str, LotRows], named: set[str]) -> None:
        for key, units in ((key, units) for (_site, key), units in self.books.leaves(said).items() if key not in named):
            moves = StockMove.objects.filter(source=said.id, item__key=key, is_shortfall=False)
            taken: Counter[int] = Counter()
            for lot, quantity in moves.values_list("lot_id", "quantity"):
                taken[lot] -= quantity
            assert dict(taken) == first_expiry_first(before.get(key, []), units)

    @precondition(lambda self: self.contacts)
    @rule(which=st.integers(0, 99))
    def undo(self, which: int) -> None:
        said, state = self.contacts[which % len(self.contacts)]
        assert undo([said.id], sender=self.books.place.sender) == (state == "live")
        if state == "live":
            self.shelf.update(self.books.leaves(said))
            self.contacts[which % len(self.contacts)] = (said, "undone")

    @precondition(lambda self: self.contacts)
    @rule(which=st.integers(0, 99))
    def bring_back(self, which: int) -> None:
        said, state = self.contacts[which % len(self.contacts)]
        assert bring_back([said.id], sender=self.books.place.sender) == (state == "undone")
        if state == "undone":
            self.shelf.subtract(self.books.leaves(said))
            self.contacts[which % len(self.contacts)] = (said, "live")

    @precondition(lambda self: self.contacts)
    @rule(which=st.integers(0, 99), given=GIVEN, site=SITE)
    def correct(self, which: int, given: dict[str, int], site: int) -> None:
        position = which % len(self.contacts)
        said, state = self.contacts[position]
        better = self.books.contact(self.books.sites[site], given, corrects=said.id)
        word = ingest([better], sender=self.books.place.sender)[0].word
        assert word == ("accepted" if state == "live" else "conflict")
        if state == "live":
            self.shelf.update(self.books.leaves(said))
            self.shelf.subtract(self.books.leaves(better))
            self.contacts[position] = (said, "corrected")
            self.contacts.append((better, "live"))

    @rule(origin=SITE, key=ITEM, units=UNITS)
    def transfer(self, origin: int, key: str, units: int) -> None:
        here, there = self.books.sites[origin], self.books.sites[1 - origin]
        ledger = self.books.ledger()
        for _twice in range(2):
            transfer({self.books.items[key]: units}, origin=here, destination=there, ledger=ledger)
        self.shelf[here.pk, key] -= units
        self.shelf[there.pk, key] += units

    @rule(site=SITE, key=ITEM, units=st.integers(0, 60))
    def count(self, site: int, key: str, units: int) -> None:
        count({self.books.items[key]: units}, site=self.books.sites[site], ledger=self.books.ledger())
        self.shelf[self.books.sites[site].pk, key] = units

    @rule(site=SITE, key=ITEM, lot=LOT, change=st.integers(-30, 30).filter(bool), is_disposal=st.booleans())
    def put_right(self, site: int, key: str, lot: str, change: int, is_disposal: bool) -> None:
        place, one = self.books.sites[site], self.books.lots[key, lot]
        change = -abs(change) if is_disposal else change
        held = sum(StockLevel.objects.filter(site=place, lot=one).values_list("quantity", flat=True))
        is_refused = change < 0 and held + change < 0
        try:
            if is_disposal:
                dispose(one, -change, site=place, ledger=self.books.ledger())
            else:
                adjust(one, change, site=place, ledger=self.books.ledger())
        except Refusal:
            assert is_refused
        else:
            assert not is_refused
            self.shelf[place.pk, key] += change

    @invariant()
    def the_books_say_what_happened(self) -> None:
        assert on_the_books() == Counter({place: units for place, units in self.shelf.items() if units})

    @invariant()
    def levels_are_the_sums_of_their_moves(self) -> None:
        assert_levels_are_the_sums_of_their_moves()
        assert_only_flagged_lots_are_below_nothing()

    @invariant()
    def facts_are_what_was_said(self) -> None:
        assert_facts_are_what_live_contacts_said(self.books)


@pytest.mark.django_db
def test_the_books_add_up(place: Place) -> None:
    class Here(Working):
        books = Books(place)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
