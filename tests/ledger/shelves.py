"""Two sites, a few items with lots, and the plainest possible way to work out what the books must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Sum

from alongside.accounts.roles import Role
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.submissions import Said, Submission
from alongside.kernel.clock import now, today
from alongside.kernel.ids import uuid7
from alongside.services.distribution.models import Given
from alongside.services.naloxone.models import KitGiven
from alongside.sites.members import Member
from alongside.sites.models import Site
from alongside.supplies.models import Item, KitPart, Lot, StockLevel, StockMove
from alongside.supplies.moving import Ledger
from tests.places import NALOXONE, SYRINGE, Place
from tests.programs import item_of, site_of

KIT = "kit-meth-smoking"
SINGLE = (SYRINGE, "alcohol-pad", NALOXONE)
LOTS = {"": None, "SOON": 30, "LATE": 400, "OLD": -10}
"""Days until the last good day; the lot without a code has no date."""

Shelf = Counter[tuple[int, str]]
"""Units by (site id, item key)."""


class Books:
    """The program's stock as the tests use it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.sites: list[Site] = [place.site, site_of(place.program, "Van")]
        self.items: dict[str, Item] = {key: item_of(place.program, key) for key in (*SINGLE, KIT)}
        self.lots: dict[tuple[str, str], Lot] = {
            (key, code): self._lot(self.items[key], code) for key in SINGLE for code in LOTS
        }
        self.parts: dict[str, dict[str, int]] = {KIT: parts_of(self.items[KIT])}
        roles = frozenset({Role.COORDINATOR})
        self.member = Member(user_id=place.worker.pk, name="", program=place.program, roles=roles)

    def _lot(self, item: Item, code: str) -> Lot:
        days = LOTS[code]
        expires_on = None if days is None else today(self.place.program.timezone) + timedelta(days=days)
        found: Lot = Lot.objects.get_or_create(
            program=self.place.program, item=item, code=code, defaults={"expires_on": expires_on}
        )[0]
        return found

    def ledger(self, note: str = "put right") -> Ledger:
        return Ledger(member=self.member, source=uuid7(), note=note)

    def contact(self, site: Site, given: Mapping[str, int], *, lot: str = "", **fields: Any) -> Submission:
        """Naloxone goes under its own kind, everything else under supplies."""
        others = {key: quantity for key, quantity in given.items() if key != NALOXONE}
        entries = [Said("distribution.supplies_given", 1, {"items": others})] if others else []
        if NALOXONE in given:
            entries.append(Said("naloxone.kit_given", 1, {"items": {NALOXONE: given[NALOXONE]}, "lot": lot}))
        return Submission(id=uuid7(), site_id=site.pk, occurred_at=now(), entries=tuple(entries), **fields)

    def leaves(self, said: Submission) -> Shelf:
        """Units that a contact takes off the shelf of its site."""
        units: Shelf = Counter()
        times = (said.people or 1) if said.is_each else 1
        for entry in said.entries:
            for key, quantity in entry.payload["items"].items():
                for part, each in self.parts.get(key, {key: 1}).items():
                    units[said.site_id, part] += quantity * each * times
        return units


def parts_of(kit: Item) -> dict[str, int]:
    return dict(KitPart.objects.filter(kit=kit).values_list("part__key", "quantity"))


def on_the_books() -> Shelf:
    """What the levels say, items without any left out."""
    rows = StockLevel.objects.values_list("site_id", "item__key").annotate(units=Sum("quantity"))
    return Counter({(site, key): units for site, key, units in rows if units})


def assert_levels_are_the_sums_of_their_moves() -> None:
    levels = {
        (site, lot): units for site, lot, units in StockLevel.objects.values_list("site_id", "lot_id", "quantity")
    }
    sums = StockMove.objects.values_list("site_id", "lot_id").annotate(units=Sum("quantity"))
    assert levels == {(site, lot): units for site, lot, units in sums}


def assert_only_flagged_lots_are_below_nothing() -> None:
    flagged = set(StockMove.objects.filter(is_shortfall=True).values_list("site_id", "lot_id"))
    below = set(StockLevel.objects.filter(quantity__lt=0).values_list("site_id", "lot_id"))
    assert below <= flagged


def assert_facts_are_what_live_contacts_said(books: Books) -> None:
    """Counted over again from the payloads, by hand."""
    expected: Shelf = Counter()
    live = Encounter.objects.filter(state=Encounter.State.LIVE)
    for entry in Entry.objects.filter(encounter__in=live, outcome="accepted").select_related("encounter"):
        contact = entry.encounter
        times = (contact.people or 1) if contact.is_each else 1
        for key, quantity in entry.payload["items"].items():
            for part, each in books.parts.get(key, {key: 1}).items():
                expected[contact.site_id, part] += int(quantity) * each * times
    assert facts_by_item() == expected


def facts_by_item() -> Shelf:
    found: Shelf = Counter()
    for model in (Given, KitGiven):
        for site, key, units in model.objects.values_list("site_id", "item__key", "quantity"):
            found[site, key] += units
    return found


def first_expiry_first(lots: Iterable[tuple[int, int, int | None]], units: int) -> dict[int, int]:
    """(lot, units held, days left) one unit at a time: soonest good day, then undated, then the freshest expired."""
    shelf = [[lot, held, days] for lot, held, days in lots if held > 0]
    taken: Counter[int] = Counter()
    for _unit in range(units):
        good = [row for row in shelf if row[2] is not None and row[2] >= 0 and row[1]]
        undated = [row for row in shelf if row[2] is None and row[1]]
        expired = [row for row in shelf if row[2] is not None and row[2] < 0 and row[1]]
        if good:
            row = min(good, key=lambda each: (each[2], each[0]))
        elif undated:
            row = min(undated, key=lambda each: each[0])
        elif expired:
            row = max(expired, key=lambda each: (each[2], -each[0]))
        else:
            break
        row[1] -= 1
        taken[row[0]] += 1
    return dict(taken)
