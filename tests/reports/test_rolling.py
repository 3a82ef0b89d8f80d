"""Months that were counted once stay right: whatever changes a contact leaves a mark, and a mark is never lost."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from alongside.encounters.changes import apply_held, bring_back, undo
from alongside.encounters.erasure import erase
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.submissions import Said
from alongside.jobs.specs import Work
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.participants.models import Participant
from alongside.reports import catalogue, rolling
from alongside.reports.models import ChangedMonth, MonthCell, MonthPeople, RolledMonth
from alongside.reports.rolling import roll_up, roll_up_program, roll_up_programs, stale_months
from tests.reports.conftest import Ledger, make_ledger, syringes

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


def counted(ledger: Ledger) -> None:
    roll_up_program(ledger.program)
    assert stale_months(ledger.program) == []


def test_a_contact_makes_its_month_stale(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4), syringes(10))
    ledger.contact(date(2026, 1, 4), syringes(1))
    counted(ledger)
    ledger.contact(date(2026, 3, 5), syringes(10))
    assert stale_months(ledger.program) == [MARCH]
    assert ledger.figure("distribution.syringes_given").total.value == 21
    counted(ledger)
    assert ledger.figure("distribution.syringes_given").total.value == 21


def test_undo_and_bring_back_make_it_stale(ledger: Ledger) -> None:
    contact = ledger.contact(date(2026, 3, 4), syringes(10))
    for change, expected in ((undo, 0), (bring_back, 10)):
        counted(ledger)
        change([contact], sender=ledger.sender)
        assert stale_months(ledger.program) == [MARCH]
        assert ledger.figure("distribution.syringes_given").total.value == expected
        assert ledger.figure("contacts.all").total.value == (1 if expected else 0)


def test_a_correction_makes_both_months_stale(ledger: Ledger) -> None:
    contact = ledger.contact(date(2026, 3, 4), syringes(10))
    ledger.contact(date(2026, 2, 4))
    counted(ledger)
    ledger.contact(date(2026, 2, 5), syringes(7), corrects=contact)
    assert stale_months(ledger.program) == [date(2026, 2, 1), MARCH]
    assert ledger.figure("distribution.syringes_given").total.value == 7


def test_an_entry_that_was_held_and_is_applied_makes_it_stale(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4), syringes(10))
    Entry.objects.update(outcome=Entry.Outcome.HELD)
    counted(ledger)
    apply_held(sender=ledger.sender)
    assert stale_months(ledger.program) == [MARCH]


def test_erasing_a_person_makes_their_months_stale_and_leaves_no_number(ledger: Ledger) -> None:
    person = ledger.person()
    ledger.contact(date(2026, 3, 4), participant_id=person)
    counted(ledger)
    assert ledger.figure("people.all").total.value == 1
    erase(Participant.objects.get(pk=person), program=ledger.program, by_id=ledger.sender.user_id)
    assert stale_months(ledger.program) == [MARCH]
    assert ledger.figure("people.all").total.value == 0
    counted(ledger)
    assert not MonthPeople.objects.exists()


def test_a_removed_contact_makes_it_stale(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4))
    counted(ledger)
    Encounter.objects.all().delete()
    assert list(ChangedMonth.objects.values_list("month", flat=True)) == [MARCH]


def test_two_people_joined_later_are_one_without_counting_again(ledger: Ledger) -> None:
    one, other = ledger.person(), ledger.person()
    ledger.contact(date(2026, 3, 4), participant_id=one)
    ledger.contact(date(2026, 3, 4), participant_id=other)
    counted(ledger)
    assert ledger.figure("people.all").total.value == 2
    Participant.objects.filter(pk=other).update(counted_as=one)
    assert stale_months(ledger.program) == []
    assert ledger.figure("people.all").total.value == 1


def test_a_contact_saved_while_its_month_is_counted_is_not_lost(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved after the ledger was read and before the figures are kept."""
    ledger.contact(date(2026, 3, 4), syringes(10))
    read = rolling._people_of

    def read_and_record(month: date) -> set[tuple[object, ...]]:
        found = read(month)
        ledger.contact(date(2026, 3, 6), syringes(5))
        return found

    monkeypatch.setattr(rolling, "_people_of", read_and_record)
    roll_up(MARCH, program=ledger.program)
    assert stale_months(ledger.program) == [MARCH]
    assert ledger.figure("distribution.syringes_given").total.value == 15


@pytest.mark.parametrize("was_counted_before", [False, True])
def test_of_two_that_count_at_once_the_first_look_does_not_win(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, was_counted_before: bool
) -> None:
    ledger.contact(date(2026, 3, 4), syringes(10))
    if was_counted_before:
        counted(ledger)
        ledger.contact(date(2026, 3, 5), syringes(1))
    read = rolling._people_of
    others: list[str] = []

    def overtaken(month: date) -> set[tuple[object, ...]]:
        found = read(month)
        if not others:
            others.append("started")
            ledger.contact(date(2026, 3, 6), syringes(5))
            roll_up(month, program=ledger.program)
        return found

    monkeypatch.setattr(rolling, "_people_of", overtaken)
    roll_up(MARCH, program=ledger.program)
    assert stale_months(ledger.program) == []
    expected = 16 if was_counted_before else 15
    assert ledger.figure("distribution.syringes_given").total.value == expected


def test_only_what_differs_is_written(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4), syringes(10))
    counted(ledger)
    before = set(MonthCell.objects.filter(indicator="distribution.syringes_given").values_list("pk", flat=True))
    ledger.contact(date(2026, 3, 5))
    counted(ledger)
    after = set(MonthCell.objects.filter(indicator="distribution.syringes_given").values_list("pk", flat=True))
    assert before == after


def test_a_new_definition_is_counted_again(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.contact(date(2026, 3, 4))
    counted(ledger)
    monkeypatch.setattr("alongside.reports.reading.stamp", lambda: "another")
    assert stale_months(ledger.program) == [MARCH]


def test_the_stamp_holds_every_name_and_version() -> None:
    assert len(catalogue.stamp()) == 16
    assert catalogue.stamp() == catalogue.stamp()


def test_the_job_counts_every_program(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4))
    other = make_ledger("Other")
    with scope(program=other.program):
        other.contact(date(2026, 2, 4))
    heard: list[tuple[int, int]] = []
    roll_up_programs(Work(job_id=uuid7(), payload={}, attempt=1, report_progress=lambda *steps: heard.append(steps)))
    assert heard[-1] == (2, 2)
    assert list(RolledMonth.objects.values_list("month", flat=True)) == [MARCH]
    with scope(program=other.program):
        assert list(RolledMonth.objects.values_list("month", flat=True)) == [date(2026, 2, 1)]


def test_nothing_to_count(ledger: Ledger) -> None:
    assert roll_up_program(ledger.program) == 0


def test_what_changes_no_figure_leaves_no_mark(ledger: Ledger) -> None:
    contact = ledger.contact(date(2026, 3, 4))
    counted(ledger)
    Encounter.objects.filter(pk=contact).update(received_at=now())
    assert stale_months(ledger.program) == []


def test_an_unknown_kind_counts_as_a_contact_only(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4), Said("weather.rain", 1, {}))
    figure = ledger.figure("contacts.all")
    assert figure.total.value == 1
    assert [(line.key, line.amount.value) for line in figure.details] == [("none", 1)]
