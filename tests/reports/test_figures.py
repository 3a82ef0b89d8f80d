"""What a report says of a period: months that nobody knows, sites, details, notes, and what never adds up."""

from __future__ import annotations

from datetime import date

import pytest

from alongside.encounters.submissions import Said
from alongside.kernel.indicators import Indicator, Period, Unit
from alongside.participants.actions import choose_scheme
from alongside.participants.models import Code, CodeScheme
from alongside.participants.recipes import example_recipes
from alongside.reports import catalogue
from alongside.reports.figures import everything
from alongside.reports.rolling import roll_up_program
from tests.reports.conftest import NASAL, TODAY, YEAR, Ledger, add_area, supplies, syringes

pytestmark = pytest.mark.django_db
UNRECORDED = "naloxone-kit-unrecorded"


def kits(count: int, key: str = UNRECORDED) -> Said:
    return Said("naloxone.kit_given", 1, {"items": {key: count}})


def town(ledger: Ledger, year: int, count: int, name: str = "Pawtucket") -> None:
    """A line of a spreadsheet: a town, a year and its kits; nobody counted the people."""
    ledger.contact(date(year, 6, 1), kits(count), site=name, precision="y", people=None, moves_stock=False)


def whole(first: int, last: int) -> Period:
    return Period(start=date(first, 1, 1), end=date(last, 12, 31))


def test_years_without_months_are_never_put_into_january(ledger: Ledger) -> None:
    add_area(ledger.program, "Pawtucket")
    town(ledger, 2015, 40)
    town(ledger, 2016, 60)
    figure = ledger.figure("naloxone.units_given", whole(2015, 2016))
    assert [(line.label, line.amount.value) for line in figure.months] == [
        ("2015, month not recorded", 40),
        ("2016, month not recorded", 60),
    ]


def test_a_year_with_both_shows_its_months_too(ledger: Ledger) -> None:
    add_area(ledger.program, "Pawtucket")
    town(ledger, 2025, 40)
    ledger.contact(date(2025, 2, 3), kits(5))
    figure = ledger.figure("naloxone.units_given", whole(2025, 2025))
    assert [(line.key, line.amount.value) for line in figure.months][:3] == [
        ("2025", 40),
        ("2025-01", 0),
        ("2025-02", 5),
    ]
    assert len(figure.months) == 13
    assert figure.total.value == 45


@pytest.mark.parametrize("is_counted", [False, True])
def test_part_of_a_year_leaves_such_records_out_and_says_so(ledger: Ledger, is_counted: bool) -> None:
    add_area(ledger.program, "Pawtucket")
    town(ledger, 2025, 1040)
    ledger.contact(date(2025, 8, 1), kits(2))
    if is_counted:
        roll_up_program(ledger.program)
    summer = Period(start=date(2025, 7, 1), end=date(2025, 9, 30))
    figure = ledger.figure("naloxone.units_given", summer)
    assert figure.total.value == 2
    (note,) = figure.notes
    assert note.startswith("1,040 more were recorded for a whole year or month that lies only partly in this period.")


def test_part_of_a_month_leaves_out_what_only_knows_its_month(ledger: Ledger) -> None:
    ledger.contact(date(2026, 2, 11), syringes(30), precision="m")
    ledger.contact(date(2026, 2, 11), syringes(4))
    figure = ledger.figure("distribution.syringes_given", Period(start=date(2026, 2, 5), end=date(2026, 2, 20)))
    assert figure.total.value == 4
    assert [note[:2] for note in figure.notes] == ["30"]
    assert ledger.figure("distribution.syringes_given", whole(2026, 2026)).total.value == 34


def test_records_without_a_number_of_people_are_said_beside(ledger: Ledger) -> None:
    add_area(ledger.program, "Pawtucket")
    town(ledger, 2025, 40)
    ledger.contact(date(2025, 3, 3), people=12, is_each=True)
    figure = ledger.figure("contacts.all", whole(2025, 2025))
    assert figure.total.value == 12
    assert figure.notes == ["1 record does not say how many people it stands for. It is not in this figure."]


def test_naloxone_is_counted_in_items_in_kits_and_in_doses(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4), kits(3, NASAL), kits(2), kits(1, "kit-naloxone-im"), supplies(cooker=4))
    items = {line.key: line.amount.value for line in ledger.figure("supplies.items_given").details}
    assert items["naloxone-vial"] == 2
    assert items["naloxone-syringe"] >= 1
    assert (items[NASAL], items["cooker"]) == (3, 4)
    assert ledger.figure("naloxone.units_given").total.value == 3 + 2 + 2
    doses = ledger.figure("naloxone.doses_given")
    assert doses.total.value == 3 * 2 + 2
    assert doses.notes == ["2 kits add no doses, because nobody recorded which product they were."]


def test_returns_are_never_added_together(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4), Said("syringes.returned", 1, {"count": 7, "containers": {"quart": "0.5"}}))
    assert ledger.figure("syringes.returned_counted").total.value == 7
    estimated = ledger.figure("syringes.returned_estimated")
    assert estimated.is_estimate
    assert estimated.total.value == 25


def test_people_have_their_recipes_interval_and_say_out_of_what(ledger: Ledger) -> None:
    choose_scheme(
        CodeScheme.Kind.RECIPE, recipe=example_recipes()[0], program=ledger.program, by_id=ledger.sender.user_id
    )
    people = [ledger.person() for _ in range(300)]
    for person in people:
        ledger.contact(date(2026, 3, 4), participant_id=person)
    ledger.contact(date(2026, 3, 5), participant_id=people[0], site="Van")
    ledger.contact(date(2026, 3, 5), people=4)
    figure = ledger.figure("people.all")
    assert figure.total.value >= 300
    assert figure.total.low is not None
    assert figure.total.high is not None
    assert 300 <= figure.total.low < figure.total.high
    assert figure.base == "301 contacts with a code"
    assert figure.notes == ["4 contacts without a code are not in this figure."]
    assert not figure.adds_up
    assert sum(line.amount.value for line in figure.sites) > figure.total.value


def test_each_recipe_has_its_own_interval(ledger: Ledger) -> None:
    """A program that went from a recipe to cards: only codes of the recipe can be shared."""
    recipe = choose_scheme(
        CodeScheme.Kind.RECIPE, recipe=example_recipes()[0], program=ledger.program, by_id=ledger.sender.user_id
    )
    cards = choose_scheme(CodeScheme.Kind.RANDOM, program=ledger.program, by_id=ledger.sender.user_id)
    for number in range(200):
        person = ledger.person()
        ledger.contact(date(2026, 3, 4), participant_id=person)
        scheme = recipe if number < 100 else cards
        Code.objects.create(
            program=ledger.program, participant_id=person, scheme=scheme, digest=number.to_bytes(32, "big")
        )
    both = ledger.figure("people.all").total
    assert both.high is not None
    Code.objects.update(scheme=cards)
    assert ledger.figure("people.all").total.value == 200
    Code.objects.update(scheme=recipe)
    all_recipe = ledger.figure("people.all").total
    assert all_recipe.high is not None
    assert 200 < both.high < all_recipe.high


def test_one_site(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4), syringes(5))
    ledger.contact(date(2026, 3, 4), syringes(8), site="Van", reached=2)
    van = ledger.figure("contacts.all").sites[0]
    figure = ledger.figure("distribution.syringes_given", site_id=int(van.key))
    assert figure.total.value in {5, 8}
    assert len(figure.sites) == 1


def test_the_running_month_says_so_and_later_ones_are_not_there(ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4))
    months = ledger.figure("contacts.all").months
    assert [line.label for line in months] == ["January 2026", "February 2026", "March 2026, so far"]
    assert [line.is_running for line in months] == [False, False, True]


def test_everything_ends_with_the_last_contact(ledger: Ledger) -> None:
    assert everything(today=TODAY) == Period(start=date(2026, 3, 1), end=date(2026, 3, 31))
    add_area(ledger.program, "Pawtucket")
    town(ledger, 2015, 1)
    town(ledger, 2019, 1)
    assert everything(today=TODAY) == whole(2015, 2019)
    ledger.contact(date(2026, 2, 4))
    assert everything(today=TODAY) == Period(start=date(2015, 1, 1), end=date(2026, 2, 28))


def test_two_indicators_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    double = Indicator(name="x", version=1, title="", definition="", source="", unit=Unit.ITEMS)
    with pytest.raises(ValueError, match="declared twice"):
        _catalogue_of(monkeypatch, double, double)


def test_an_indicator_that_points_to_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Indicator(name="x", version=1, title="", definition="", source="", unit=Unit.ITEMS, part_of="nowhere")
    with pytest.raises(ValueError, match="does not exist"):
        _catalogue_of(monkeypatch, lost)


def _catalogue_of(monkeypatch: pytest.MonkeyPatch, *indicators: Indicator) -> None:
    monkeypatch.setattr(catalogue.ledger, "INDICATORS", indicators)
    catalogue.all_indicators.__wrapped__()


def test_the_year_has_all_its_figures(ledger: Ledger) -> None:
    for name in catalogue.listed_names():
        figure = ledger.figure(name, YEAR)
        assert figure.total.value == 0
        assert [line.amount.value for line in figure.months] == [0, 0, 0]
        assert figure.sites == []
        assert list(figure.finest()) == []
