"""Coverage at three levels, and the two faults that others made: a need nobody knows, and rows that multiply."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.encounters.submissions import Said
from alongside.kernel.coverage import (
    Band,
    Count,
    Met,
    Told,
    band_of,
    counted,
    met_by,
    met_in_month,
    month_need,
    percent_covered,
    syringes_per_person,
)
from alongside.kernel.indicators import Period
from alongside.participants.actions import merge
from alongside.participants.models import Participant
from alongside.reports.coverage import coverage_of_area, coverage_of_need, coverage_of_persons, given_in
from alongside.reports.models import PopulationEstimate
from alongside.services.surveys.actions import keep, open_survey
from alongside.services.surveys.queries import SHIPPED, read_questionnaire
from alongside.supplies.models import Item, KitPart
from tests.programs import make_member, signed_in, site_of
from tests.reports.conftest import TODAY, YEAR, Ledger, supplies, syringes

JANUARY = Period(start=date(2026, 1, 1), end=date(2026, 1, 31))
QUARTER = Period(start=date(2026, 1, 1), end=date(2026, 3, 31))


def told(how_often: str = "daily-2", people: int = 1) -> Said:
    return Said("syringes.need_told", 1, {"how_often": how_often, "people": people, "agreed": "yes"})


def person(*, acquired: int | None, given_away: int | None, injections: int | None) -> Told:
    return Told(acquired=acquired, given_away=given_away, injections=injections)


@pytest.mark.once
def test_one_person_as_published() -> None:
    """O'Keefe et al. 2016; and New York 2009: 4 visits a month with 10 syringes, 60 injections, is 67 %."""
    assert percent_covered(person(acquired=40, given_away=0, injections=60)) == pytest.approx(66.67, abs=0.01)
    assert percent_covered(person(acquired=50, given_away=20, injections=30)) == 100
    assert percent_covered(person(acquired=5, given_away=9, injections=30)) == 0
    assert met_by(person(acquired=30, given_away=0, injections=30)) is Met.ENOUGH
    assert met_by(person(acquired=29, given_away=0, injections=30)) is Met.TOO_FEW


@pytest.mark.once
@pytest.mark.parametrize("missing", ["acquired", "given_away", "injections"])
def test_what_is_missing_is_never_covered(missing: str) -> None:
    whole: dict[str, int | None] = {"acquired": 90, "given_away": 0, "injections": 30}
    assert met_by(person(**whole | {missing: None})) is Met.NOT_KNOWN
    assert percent_covered(person(**whole | {missing: None})) is None


@pytest.mark.once
def test_a_need_that_nobody_knows_is_not_a_need_of_nothing() -> None:
    """KenyaEMR: coalesce(coalesce(monthly, 0), daily * 28) makes any syringe "per need" where no need was stated."""
    assert month_need(told_for_month=None, told_for_day=None) is None
    assert month_need(told_for_month=None, told_for_day=3) == 84
    assert month_need(told_for_month=0, told_for_day=3) == 0
    assert met_in_month(given=1, need=None) is Met.NOT_KNOWN
    assert met_in_month(given=1, need=84) is Met.TOO_FEW
    assert met_in_month(given=84, need=84) is Met.ENOUGH
    assert met_in_month(given=0, need=0) is Met.NO_NEED


@pytest.mark.once
def test_shares_leave_out_whom_nobody_asked_and_say_how_many() -> None:
    count = counted([Met.ENOUGH, Met.TOO_FEW, Met.TOO_FEW, Met.NO_NEED, *[Met.NOT_KNOWN] * 4])
    assert count == Count(enough=1, too_few=2, no_need=1, not_known=4)
    assert (count.known, count.asked_about) == (3, 8)
    assert (count.percent_enough, count.percent_not_known) == (pytest.approx(33.3, abs=0.1), 50)
    assert counted([]).percent_enough is None


@pytest.mark.once
@pytest.mark.parametrize(
    ("per_person", "band"), [(0, Band.LOW), (99.9, Band.LOW), (100, Band.MID), (200, Band.MID), (200.1, Band.HIGH)]
)
def test_bands(per_person: float, band: Band) -> None:
    assert band_of(per_person) is band
    assert syringes_per_person(86_400, people=480) == 180
    with pytest.raises(ValueError, match="number of people"):
        syringes_per_person(5, people=0)


def month_of(ledger: Ledger, who: UUID, *entries: Said, day: int = 5) -> None:
    ledger.contact(date(2026, 1, day), *entries, participant_id=who)


def test_months_of_people(ledger: Ledger) -> None:
    enough, too_few, unknown = ledger.person(), ledger.person(), ledger.person()
    month_of(ledger, enough, told("daily-2"), syringes(30))
    month_of(ledger, enough, syringes(26), day=20)
    month_of(ledger, too_few, told("daily-2"), syringes(55))
    month_of(ledger, unknown, syringes(500))
    ledger.contact(date(2026, 1, 9), told("daily-1"), syringes(500))
    assert coverage_of_need(JANUARY, today=TODAY) == Count(enough=1, too_few=1, not_known=1)


def test_several_contacts_and_several_answers_do_not_multiply(ledger: Ledger) -> None:
    """KenyaEMR joined a calendar's rows with visits' rows before it added them up: 3 x 2 rows of 10 came to 60."""
    who = ledger.person()
    for day in (2, 9, 16):
        month_of(ledger, who, told("daily-1"), syringes(5), day=day)
    month_of(ledger, who, told("daily-1"), day=23)
    assert coverage_of_need(JANUARY, today=TODAY) == Count(enough=0, too_few=1), "15 of 28, however often told"
    month_of(ledger, who, syringes(13), day=24)
    assert coverage_of_need(JANUARY, today=TODAY) == Count(enough=1, too_few=0)


def test_a_need_is_for_all_they_collect_for_and_the_last_one_counts(ledger: Ledger) -> None:
    who = ledger.person()
    month_of(ledger, who, told("daily-1", people=3), syringes(84))
    assert coverage_of_need(JANUARY, today=TODAY).enough == 1
    month_of(ledger, who, told("daily-1", people=4), day=7)
    assert coverage_of_need(JANUARY, today=TODAY) == Count(enough=0, too_few=1)
    ledger.contact(date(2026, 2, 7), syringes(200), participant_id=who)
    assert coverage_of_need(QUARTER, today=TODAY) == Count(enough=1, too_few=1), "in February January's need holds"


def test_a_need_of_long_ago_and_the_running_month_are_left_out(ledger: Ledger) -> None:
    who = ledger.person()
    ledger.contact(date(2025, 1, 7), told("daily-1"), participant_id=who)
    month_of(ledger, who, syringes(100))
    ledger.contact(date(2026, 3, 2), told("daily-1"), syringes(5), participant_id=who)
    assert coverage_of_need(QUARTER, today=TODAY) == Count(enough=0, too_few=0, not_known=1)
    this_month = Period(start=date(2026, 3, 1), end=date(2026, 3, 31))
    assert coverage_of_need(this_month, today=TODAY) == Count(enough=0, too_few=0)


def test_two_who_are_one_person_count_once(ledger: Ledger) -> None:
    one, other = ledger.person(), ledger.person()
    month_of(ledger, one, told("daily-1"), syringes(14))
    month_of(ledger, other, syringes(14))
    people = {each.pk: each for each in Participant.objects.all()}
    merge(people[one], people[other], program=ledger.program, by_id=ledger.sender.user_id)
    assert coverage_of_need(JANUARY, today=TODAY) == Count(enough=1, too_few=0)


def test_barrels_are_counted_never_barrels_and_needles(ledger: Ledger) -> None:
    """A detachable syringe is a barrel and a needle in two items; a kit is what it holds."""
    barrel = Item.objects.filter(barrels=1, group="syringes", key__contains="barrel").first() or Item.objects.create(
        program=ledger.program, key="barrel-3ml", name="3 mL barrel", group="syringes", unit="piece", barrels=1
    )
    needle = Item.objects.filter(barrels=0, group="syringes").first() or Item.objects.create(
        program=ledger.program, key="needle-23g", name="23G needle", group="syringes", unit="piece", barrels=0
    )
    kit = Item.objects.create(program=ledger.program, key="kit-3ml", name="3 mL kit", group="syringes", unit="kit")
    KitPart.objects.bulk_create(
        KitPart(program=ledger.program, kit=kit, part=part, quantity=5) for part in (barrel, needle)
    )
    ledger.program.catalogue_stamp += 1
    ledger.program.save(update_fields=["catalogue_stamp"])
    who = ledger.person()
    items = Said("distribution.supplies_given", 1, {"items": {barrel.key: 10, needle.key: 10, kit.key: 2}})
    month_of(ledger, who, told("daily-1"), items)
    assert given_in(JANUARY) == 20
    assert coverage_of_need(JANUARY, today=TODAY) == Count(enough=0, too_few=1), "20 of 28; with needles it were 40"


def test_the_area(ledger: Ledger) -> None:
    assert coverage_of_area(TODAY) is None
    PopulationEstimate.objects.create(
        program=ledger.program,
        people=4,
        low=2,
        high=8,
        area="County",
        source="Capture-recapture, 2024",
        entered_by_id=ledger.sender.user_id,
    )
    ledger.contact(date(2025, 4, 1), syringes(300))
    ledger.contact(date(2025, 3, 31), syringes(999))
    ledger.contact(date(2026, 3, 1), syringes(300))
    area = coverage_of_area(TODAY)
    assert area
    assert (area.syringes, area.per_person, area.low, area.high, area.band) == (600, 150, 75, 300, Band.MID)


def test_people_of_surveys(ledger: Ledger) -> None:
    from alongside.kernel import clock

    questionnaire = read_questionnaire(SHIPPED / "point-in-time.toml")
    with clock.set_to(clock.now().replace(year=TODAY.year, month=3, day=10)):
        survey = open_survey(
            questionnaire,
            starts_on=date(2026, 3, 9),
            ends_on=date(2026, 3, 22),
            program=ledger.program,
            by_id=ledger.sender.user_id,
        )
    whole = {"injected": ["yes"], "injections": 28, "acquired": 30, "given_away": 0}
    sheets = [whole, whole | {"given_away": 15}, whole | {"injections": "declined"}, {"injected": ["no"]}]
    for number, answers in enumerate(sheets):
        keep(
            dict(answers),
            survey=survey,
            site=site_of(ledger.program),
            door="paper",
            key=UUID(int=number),
            day=date(2026, 3, 10) + timedelta(days=number),
        )
    persons = coverage_of_persons(YEAR)
    assert persons.count == Count(enough=1, too_few=1, no_need=1, not_known=1)
    assert persons.median_percent == pytest.approx((100 * 30 / 28 + 100 * 15 / 28) / 2)
    assert coverage_of_persons(JANUARY).count == Count(enough=0, too_few=0)


def test_the_page_says_who_is_not_in_a_number(ledger: Ledger, client: Client) -> None:
    signed_in(client, make_member(ledger.program, Role.COORDINATOR))
    page = client.get(reverse("desk:coverage")).content.decode()
    assert "No survey in this period." in page
    assert "Nobody has entered yet how many people inject" in page
    wrong = {"area": "County", "people": "40", "low": "50", "source": "A guess"}
    assert client.post(reverse("desk:coverage_estimate"), wrong).status_code == 422
    assert client.post(reverse("desk:coverage_estimate"), wrong | {"low": "20"}).status_code == 302
    who = ledger.person()
    month_of(ledger, who, told("daily-1"), syringes(28))
    month_of(ledger, ledger.person(), syringes(28))
    asked = {"period": "custom", "start": "2026-01-01", "end": "2026-01-31"}
    page = client.get(reverse("desk:coverage"), asked).content.decode()
    assert "100 % have enough" in page
    assert "Not asked or not known: 50 % of all" in page
    assert "1 syringes for each person who injects (1 to 3)" in page


def test_supplies_without_syringes_are_no_need(ledger: Ledger) -> None:
    month_of(ledger, ledger.person(), supplies(cooker=5))
    assert coverage_of_need(JANUARY, today=TODAY) == Count(enough=0, too_few=0)
