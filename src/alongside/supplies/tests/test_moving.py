"""Stock comes in, moves, is counted, put right and disposed of; the books always add up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.kernel.errors import Refusal
from alongside.sites.members import Member
from alongside.sites.models import AuditEvent
from alongside.supplies import moving
from alongside.supplies.models import Lot, StockLevel, StockMove
from alongside.supplies.moving import Delivered, Ledger
from tests.programs import item_of, make_member, make_program, site_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    program = make_program()
    with scope(program=program):
        yield program


@pytest.fixture
def member(program):
    return member_as(program, Role.WORKER)


def member_as(program, role):
    user = make_member(program, role)
    return Member(user_id=user.pk, name=user.name, program=program, roles=frozenset({role}))


def ledger(member, **changes):
    return Ledger(**{"member": member, "source": uuid4()} | changes)


def levels(site, item):
    rows = StockLevel.objects.filter(site=site, item=item).exclude(quantity=0)
    return dict(rows.values_list("lot__code", "quantity"))


def books_add_up():
    moved = StockMove.objects.values("site", "lot").annotate(units=Sum("quantity")).order_by("site", "lot")
    kept = StockLevel.objects.values_list("site", "lot", "quantity").order_by("site", "lot")
    return [(row["site"], row["lot"], row["units"]) for row in moved] == list(kept)


@pytest.fixture
def desk(program):
    return site_of(program)


@pytest.fixture
def van(program):
    return site_of(program, "Van")


@pytest.fixture
def water(program):
    return item_of(program, "water")


def stocked(member, site, item, *lots):
    """Lots of (units, code, expiry)."""
    lines = [Delivered(item=item, quantity=units, lot=code, expires_on=day) for units, code, day in lots]
    moving.receive(lines, site=site, ledger=ledger(member))


def test_a_delivery_of_several_lines_is_one_source(program, member, desk, water):
    cooker = item_of(program, "cooker")
    mine = ledger(member, note="Clearinghouse", at=datetime(2026, 1, 5, 17, tzinfo=UTC))
    lines = [
        Delivered(item=water, quantity=500, lot=" w-1 ", expires_on=date(2028, 1, 31)),
        Delivered(item=water, quantity=20),
        Delivered(item=cooker, quantity=100, expires_on=date(2030, 6, 30)),
    ]
    assert moving.receive(lines, site=desk, ledger=mine) == 3
    assert levels(desk, water) == {"W-1": 500, "": 20}
    assert levels(desk, cooker) == {"EXP 2030-06-30": 100}
    moves = StockMove.objects.filter(source=mine.source)
    assert {(move.reason, move.note, move.at) for move in moves} == {("received", "Clearinghouse", mine.at)}
    event = AuditEvent.objects.get(action="stock.received")
    assert (event.target, event.detail) == (str(mine.source), {"moves": 3, "units": 620})
    assert books_add_up()


def test_a_delivery_sent_twice_is_one_delivery(member, desk, water):
    mine = ledger(member)
    line = Delivered(item=water, quantity=500)
    assert moving.receive([line], site=desk, ledger=mine) == 1
    assert moving.receive([line], site=desk, ledger=mine) == 0
    assert levels(desk, water) == {"": 500}


def test_opening_stock_says_so(member, desk, water):
    moving.receive([Delivered(item=water, quantity=5)], site=desk, ledger=ledger(member), is_opening=True)
    assert StockMove.objects.get().reason == "opening"


def test_a_known_lot_with_another_date_is_refused_and_nothing_is_written(member, desk, water):
    stocked(member, desk, water, (10, "A1", date(2027, 5, 31)))
    with pytest.raises(Refusal, match="A1"):
        stocked(member, desk, water, (7, "B2", None), (10, "a1", date(2028, 5, 31)))
    assert levels(desk, water) == {"A1": 10}
    stocked(member, desk, water, (5, "A1", None))
    assert levels(desk, water) == {"A1": 15}


def test_a_date_read_later_is_kept_with_its_lot(member, desk, water):
    stocked(member, desk, water, (10, "A1", None))
    stocked(member, desk, water, (10, "A1", date(2027, 5, 31)))
    assert Lot.objects.get(code="A1").expires_on == date(2027, 5, 31)


def test_a_transfer_takes_the_first_expiry_first_and_keeps_the_lots(member, desk, van, water):
    stocked(member, desk, water, (10, "LATE", date(2099, 1, 1)), (10, "SOON", date(2098, 1, 1)))
    lacking = moving.transfer({water: 15}, origin=desk, destination=van, ledger=ledger(member))
    assert lacking == 0
    assert levels(desk, water) == {"LATE": 5}
    assert levels(van, water) == {"SOON": 10, "LATE": 5}
    assert books_add_up()


def test_a_transfer_moves_what_the_books_lack_and_flags_it(member, desk, van, water):
    stocked(member, desk, water, (10, "", None))
    mine = ledger(member)
    assert moving.transfer({water: 25}, origin=desk, destination=van, ledger=mine) == 15
    assert levels(desk, water) == {"": -15}
    assert levels(van, water) == {"": 25}
    assert StockMove.objects.get(source=mine.source, is_shortfall=True).quantity == -15
    assert StockMove.objects.filter(source=mine.source).aggregate(Sum("quantity"))["quantity__sum"] == 0


def test_a_transfer_to_the_same_site_is_refused(member, desk, water):
    with pytest.raises(Refusal, match="two different sites"):
        moving.transfer({water: 1}, origin=desk, destination=desk, ledger=ledger(member))


def test_a_count_makes_the_books_say_what_is_there(program, member, desk, water):
    cooker = item_of(program, "cooker")
    stocked(member, desk, water, (10, "A", date(2099, 1, 1)), (10, "B", date(2098, 1, 1)))
    stocked(member, desk, cooker, (5, "", None))
    assert moving.count({water: 12, cooker: 5}, site=desk, ledger=ledger(member)) == 1
    assert levels(desk, water) == {"A": 10, "B": 2}
    assert moving.count({water: 30, cooker: 0}, site=desk, ledger=ledger(member)) == 2
    assert levels(desk, water) == {"A": 10, "B": 2, "": 18}
    assert levels(desk, cooker) == {}
    assert set(StockMove.objects.filter(reason="count").values_list("quantity", flat=True)) == {-8, 18, -5}
    assert books_add_up()


def test_a_count_ends_a_shortfall(member, desk, van, water):
    moving.transfer({water: 25}, origin=desk, destination=van, ledger=ledger(member))
    moving.count({water: 3}, site=desk, ledger=ledger(member))
    assert levels(desk, water) == {"": 3}


def test_an_adjustment_wants_a_reason_and_stops_at_nothing(member, desk, water):
    stocked(member, desk, water, (10, "A", None))
    lot = Lot.objects.get(code="A")
    with pytest.raises(Refusal, match="Write why"):
        moving.adjust(lot, -1, site=desk, ledger=ledger(member, note=" "))
    with pytest.raises(Refusal, match="only 10"):
        moving.adjust(lot, -11, site=desk, ledger=ledger(member, note="Leaked"))
    moving.adjust(lot, -4, site=desk, ledger=ledger(member, note="Leaked"))
    moving.adjust(lot, 1, site=desk, ledger=ledger(member, note="Found"))
    assert levels(desk, water) == {"A": 7}


def test_what_was_disposed_of_leaves_the_books(member, desk, water):
    stocked(member, desk, water, (10, "A", None))
    lot = Lot.objects.get(code="A")
    moving.dispose(lot, 10, site=desk, ledger=ledger(member, note="Burst"))
    assert levels(desk, water) == {}
    with pytest.raises(Refusal, match="only 0"):
        moving.dispose(lot, 1, site=desk, ledger=ledger(member))


def test_who_may_only_look_moves_nothing(program, desk, water):
    planner = member_as(program, Role.PLANNER)
    with pytest.raises(PermissionDenied):
        stocked(planner, desk, water, (1, "", None))
    with pytest.raises(PermissionDenied):
        moving.correct_expiry(Lot.objects.first(), None, member=planner)
    assert not StockMove.objects.exists()


def test_a_date_that_was_read_wrong_is_corrected(member, desk, water):
    stocked(member, desk, water, (10, "A", date(2027, 5, 31)))
    lot = Lot.objects.get(code="A")
    moving.correct_expiry(lot, date(2028, 5, 31), member=member)
    lot.refresh_from_db()
    assert lot.expires_on == date(2028, 5, 31)
    with pytest.raises(Refusal, match="without a lot"):
        moving.correct_expiry(Lot.objects.get(item=water, code=""), date(2028, 5, 31), member=member)
