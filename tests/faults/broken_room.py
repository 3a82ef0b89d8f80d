"""Each property of the room (27 to 32), broken in one place."""

from __future__ import annotations

from tests.faults.mutating import Mutation

JOURNEYS_ROOM = "tests/journeys/test_room.py"
ROOM_ALARMING = "tests/room/test_alarming.py"
ROOM_HANDING_OVER = "tests/room/test_handing_over.py"
ROOM_PAGES = "tests/room/test_pages.py"
ROOM_RECORD = "tests/room/test_record.py"
ROOM_VISITS = "tests/room/test_visits.py"

ROOM = (
    Mutation(
        breaks="27 room: an overdue look is told about",
        file="services/consumption_room/actions/alarming.py",
        old="visit.look_alarm = _set(book, visit) if visit.next_look_at else None",
        new="visit.look_alarm = None",
        noticed_by=f"{ROOM_ALARMING}::test_an_overdue_look_is_told_and_a_look_ends_it",
    ),
    Mutation(
        breaks="27 room: a board without its server says STALE",
        file="services/consumption_room/static/consumption_room/board.js",
        old="const STALE_AFTER_MS = 3_500;",
        new="const STALE_AFTER_MS = 999_000;",
        noticed_by=f"{JOURNEYS_ROOM}::test_a_board_shows_what_another_does_and_says_when_it_can_not",
    ),
    Mutation(
        breaks="28 room: no visit ends over an open emergency",
        file="services/consumption_room/actions/visits.py",
        old="        if state.emergency:\n",
        new="        if False:\n",
        noticed_by=f"{ROOM_VISITS}::test_a_visit_does_not_end_over_an_open_emergency",
    ),
    Mutation(
        breaks="28 room: no shift ends while somebody is there",
        file="services/consumption_room/actions/handing_over.py",
        old="people = people_in(room) if room else []",
        new="people = []",
        noticed_by=f"{ROOM_HANDING_OVER}::test_a_shift_ends_only_when_nobody_is_there",
    ),
    Mutation(
        breaks="28 room: who takes over has seen the room as it is",
        file="services/consumption_room/actions/handing_over.py",
        old="if mark != mark_of(people):",
        new="if False:",
        noticed_by=f"{ROOM_HANDING_OVER}::test_a_room_that_changed_meanwhile_is_looked_at_again",
    ),
    Mutation(
        breaks="29 room: the database keeps every line",
        file="services/consumption_room/migrations/0002_record_only_grows.py",
        old="for table in TABLES:",
        new="for table in ():",
        noticed_by=f"{ROOM_RECORD}::test_the_database_refuses_to_change_a_line",
    ),
    Mutation(
        breaks="29 room: the chain shows a changed line",
        file="services/consumption_room/rules/chain.py",
        old="if line.number != count + 1 or expected != kept:",
        new="if line.number != count + 1:",
        noticed_by=f"{ROOM_RECORD}::test_a_change_behind_the_programs_back_is_found",
    ),
    Mutation(
        breaks="29 room: when it happened is not when it was entered",
        file="services/consumption_room/actions/book.py",
        old="happened_at=happened_at or self.happened_at,",
        new="happened_at=self.entered_at,",
        noticed_by=f"{ROOM_VISITS}::test_a_visit_from_the_door_to_the_ledger",
    ),
    Mutation(
        breaks="30 room: the clock runs by the program's minutes",
        file="services/consumption_room/actions/settling.py",
        old="visit.next_look_at = state.next_look(current_protocol())",
        new="visit.next_look_at = None",
        noticed_by=f"{ROOM_VISITS}::test_a_visit_from_the_door_to_the_ledger",
    ),
    Mutation(
        breaks="30 room: a sheet lies ready for when the power goes",
        file="services/consumption_room/actions/paper.py",
        old="elif _is_old(file,",
        new="elif False and _is_old(file,",
        noticed_by=f"{ROOM_PAGES}::test_a_sheet_lies_ready_while_somebody_is_there",
    ),
    Mutation(
        breaks="31 room: a false alarm is no emergency",
        file="services/consumption_room/rules/visit.py",
        old="for each in visit.emergencies if each.is_counted",
        new="for each in visit.emergencies",
        noticed_by=f"{ROOM_VISITS}::test_a_false_alarm_is_in_the_record_and_not_in_the_figures",
    ),
    Mutation(
        breaks="32 room: what an emergency used leaves the shelf",
        file="services/consumption_room/actions/settling.py",
        old="        _settle_stock(book, emergency)\n",
        new="        pass\n",
        noticed_by=f"{ROOM_VISITS}::test_an_emergency_to_the_second_and_what_it_takes_off_the_shelf",
    ),
    Mutation(
        breaks="32 room: what expires is said",
        file="services/consumption_room/queries/board.py",
        old="return self.units <= 0 or self.is_expired or self.expires_soon",
        new="return False",
        noticed_by=f"{ROOM_PAGES}::test_what_runs_out_or_expires_is_said_on_the_board",
    ),
)
