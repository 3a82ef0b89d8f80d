"""The room's rules, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from alongside.services.consumption_room.rules.chain import START, check, digest_of
from alongside.services.consumption_room.rules.handles import handle
from alongside.services.consumption_room.rules.lines import Kind, Line, standing
from alongside.services.consumption_room.rules.protocol import Minutes, Protocol, as_rows, from_rows, next_look
from alongside.services.consumption_room.rules.state import units_for, visit_of
from alongside.services.consumption_room.rules.times import moment_of

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)
VISIT, EMERGENCY = UUID(int=1), UUID(int=2)
STRICT = Minutes(first=2, every=5, drowsy=1, stay=20)
EASY = Minutes(first=10, every=15, drowsy=5, stay=60)
PROTOCOL = Protocol(version=1, source="", rows={("opioids", "any"): STRICT, ("stimulants", "any"): EASY})

pytestmark = pytest.mark.once


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def line(number: int, kind: Kind, minutes: float = 0, *, corrects: int | None = None, **value: Any) -> Line:
    is_step = kind not in {Kind.ARRIVED, Kind.USING, Kind.LOOKED, Kind.LEFT, Kind.MOVED, Kind.WITHDRAWN}
    return Line(
        number=number,
        kind=kind,
        value=value,
        happened_at=after(minutes),
        entered_at=after(minutes),
        by_id=1,
        visit_id=VISIT,
        emergency_id=EMERGENCY if is_step else None,
        corrects=corrects,
    )


def test_the_strictest_row_holds_and_nobody_saying_means_any_of_them() -> None:
    assert PROTOCOL.minutes_for(["cocaine"], "smoked") == EASY
    both = Minutes(first=2, every=5, drowsy=1, stay=60)
    assert PROTOCOL.minutes_for(["cocaine", "heroin"], "smoked") == both
    assert PROTOCOL.minutes_for(["declined"], "smoked") == both
    assert PROTOCOL.minutes_for(["cocaine", "unknown"], "declined") == both
    assert PROTOCOL.minutes_for([], "") == both


def test_a_row_for_the_route_goes_before_the_row_for_any() -> None:
    rows = {("opioids", "any"): STRICT, ("opioids", "smoked"): EASY}
    protocol = Protocol(version=1, source="", rows=rows)
    assert protocol.minutes_for(["heroin"], "smoked") == EASY
    assert protocol.minutes_for(["heroin"], "injected") == STRICT
    assert protocol.minutes_for(["heroin"], "unknown").first == 2


def test_a_protocol_is_read_as_it_was_stored() -> None:
    assert from_rows(as_rows(PROTOCOL), version=1, source="") == PROTOCOL  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("looked", "is_drowsy", "expected"),
    [
        (None, False, 2),
        (-3, False, 2),
        (3, False, 8),
        (3, True, 4),
        (19, False, 24),
        (20, False, None),
        (25, True, 26),
    ],
)
def test_when_to_look_next(looked: int | None, is_drowsy: bool, expected: int | None) -> None:
    looked_at = None if looked is None else after(looked)
    found = next_look(STRICT, since=NOON, looked_at=looked_at, is_drowsy=is_drowsy)
    assert found == (None if expected is None else after(expected))


def test_a_correction_stands_for_the_line_and_for_its_time() -> None:
    lines = [
        line(1, Kind.ARRIVED, handle="a b", place="1"),
        line(2, Kind.LOOKED, 5, state="awake"),
        line(3, Kind.LOOKED, 4, corrects=2, state="drowsy"),
        line(4, Kind.LOOKED, 6, state="awake"),
        line(5, Kind.WITHDRAWN, 6, corrects=4),
    ]
    assert [each.number for each in standing(lines)] == [1, 3]
    visit = visit_of(lines)
    assert visit
    assert visit.is_drowsy


def test_oxygen_runs_until_it_is_turned_off_and_at_the_flow_it_had() -> None:
    lines = [
        line(1, Kind.ARRIVED, handle="a b", place=""),
        line(2, Kind.EMERGENCY, 1),
        line(3, Kind.OXYGEN_ON, 2, litres_per_minute=10, mask=True),
        line(4, Kind.OXYGEN_ON, 4, litres_per_minute=4, mask=False),
        line(5, Kind.OXYGEN_OFF, 9.5),
    ]
    visit = visit_of(lines)
    assert visit
    emergency = visit.emergencies[0]
    assert (emergency.litres, emergency.masks, emergency.oxygen_on) == (42, 1, None)
    assert emergency.is_open
    assert visit.next_look(PROTOCOL) is None


def test_watching_starts_anew_after_an_emergency() -> None:
    lines = [
        line(1, Kind.ARRIVED, handle="a b", place=""),
        line(2, Kind.USING, 0, substances=["heroin"], route="injected"),
        line(3, Kind.EMERGENCY, 1),
        line(4, Kind.OUTCOME, 10, outcome="recovered"),
    ]
    visit = visit_of(lines)
    assert visit
    assert visit.next_look(PROTOCOL) == after(12)


@pytest.mark.parametrize(("doses", "each", "units"), [(0, 2, 0), (1, 2, 1), (2, 2, 1), (3, 2, 2), (4, 0, 4)])
def test_an_opened_box_is_used_up(doses: int, each: int, units: int) -> None:
    assert units_for(doses, doses_per_unit=each) == units


def chained(lines: list[Line]) -> list[tuple[Line, bytes]]:
    before, found = START, []
    for each in lines:
        before = digest_of(each, before=before, room_id=7)
        found.append((each, before))
    return found


def test_the_chain_names_the_first_line_that_does_not_fit() -> None:
    lines = [line(number, Kind.LOOKED, number, state="awake") for number in range(1, 6)]
    whole = chained(lines)
    assert check(whole, room_id=7).broken_at is None
    assert check(whole, room_id=8).broken_at == 1, "lines of another room are not ours"
    assert check(whole[:2] + whole[3:], room_id=7).broken_at == 3
    assert check([whole[1], whole[0], *whole[2:]], room_id=7).broken_at == 1


def test_a_clock_time_is_the_last_one_that_was() -> None:
    zone = "America/New_York"
    just_past_midnight = datetime(2026, 3, 8, 5, 10, tzinfo=UTC)
    assert moment_of(time(23, 50), now=just_past_midnight, zone=zone) == datetime(2026, 3, 8, 4, 50, tzinfo=UTC)
    assert moment_of(time(0, 5), now=just_past_midnight, zone=zone) == datetime(2026, 3, 8, 5, 5, tzinfo=UTC)
    in_summer = datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert moment_of(time(1, 59), now=in_summer, zone=zone) == datetime(2026, 3, 8, 6, 59, tzinfo=UTC)
    given = moment_of(time(12), now=in_summer, zone=zone, day=date(2026, 1, 1))
    assert given == datetime(2026, 1, 1, 17, tzinfo=UTC)


def test_no_two_people_in_the_room_are_called_the_same() -> None:
    words = iter(["fern", "fern", "fern", "lark", "lark", "fern"])
    found = handle(["fern", "lark"], taken={"fern lark"}, choose=lambda _words: next(words))
    assert found == "lark fern"
    with pytest.raises(RuntimeError):
        handle(["fern"], taken=set(), choose=lambda _words: "fern")
