"""People are counted from what each month kept of them, and that is what counting them from the rows comes to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.test import override_settings
from django_scopes import scope
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from alongside.encounters.changes import undo
from alongside.kernel.indicators import Period
from alongside.participants.models import Participant
from alongside.reports.asking import Engine, compiled, people_figures
from alongside.reports.store import places
from alongside.reports.store.copies import Copy
from alongside.reports.store.counting import answer_from_copy, copy_of, mend
from alongside.reports.store.people import People, count_people
from alongside.reports.store.refreshing import refresh
from tests.reports.conftest import YEAR, Ledger, syringes
from tests.reports.naive import recount
from tests.reports.test_against_naive_recount import World, days, steps

pytestmark = [pytest.mark.django_db, pytest.mark.once]
EVERYBODY = people_figures()["people.all"]


class WorldWithCopy(World):
    """Its copy is refreshed while things happen."""

    def count_months(self) -> None:
        refresh(self.program)


@st.composite
def periods_of_a_year(draw: Any) -> Period:
    """People can't be recognised from one year to the next, so any period is asked for as its last year sees it."""
    end = draw(days)
    start = min(draw(days), end)
    is_whole = draw(st.booleans())
    first = date(end.year, 1, 1)
    return Period(start=first, end=date(end.year, 12, 31)) if is_whole else Period(start=max(start, first), end=end)


@pytest.mark.slow
class TestAgainstNaiveRecount(TestCase):
    @settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(steps=steps, asked=st.lists(periods_of_a_year(), min_size=3, max_size=3))
    def test_everybody_is_counted_once(self, steps: list[tuple[Any, ...]], asked: list[Period]) -> None:
        with TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
            world = WorldWithCopy()
            with scope(program=world.program):
                for step in steps:
                    world.take(*step)
                refresh(world.program)
                with copy_of(world.program) as copy:
                    for period in asked:
                        agree(copy, period)


def agree(copy: Copy, period: Period) -> None:
    naive = recount(period)
    for name, indicator in people_figures().items():
        found, expected = count_people(copy, indicator, period), naive.people[name]
        assert found.total == len(set().union(*expected.values())), (name, period)
        assert found.months == counted(naive.people_by(name, lambda place: place[:2])), (name, period)
        assert found.sites == counted(naive.people_by(name, lambda place: place[2])), (name, period)
        assert found.finest == counted(expected), (name, period)


def counted(people: Mapping[Any, set[Any]]) -> dict[Any, int]:
    return {place: len(found) for place, found in people.items() if found}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def three_months(ledger: Ledger) -> Ledger:
    """Two people who came in January and March, one of them in February too."""
    one, other = ledger.person(), ledger.person()
    for month, person in ((1, one), (1, other), (2, one), (3, one), (3, other)):
        ledger.contact(date(2026, month, 5), syringes(4), participant_id=person)
    refresh(ledger.program)
    return ledger


def everybody(ledger: Ledger, period: Period = YEAR) -> People:
    return answer_from_copy(ledger.program, lambda copy: count_people(copy, EVERYBODY, period))


def kept(ledger: Ledger) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in places.folder(ledger.program.pk).glob("*.*.*.parquet")}


def test_a_day_that_changed_changes_the_files_of_its_month_only(three_months: Ledger) -> None:
    before = kept(three_months)
    late = three_months.contact(date(2026, 2, 20), syringes(1), participant_id=three_months.person())
    refresh(three_months.program)
    assert everybody(three_months).total == 3
    undo([late], sender=three_months.sender)
    refresh(three_months.program)
    after = kept(three_months)
    assert everybody(three_months).total == 2
    assert {name for name in before if ".2026-02." not in name} == {name for name in after if ".2026-02." not in name}
    assert not {name for name in before if ".2026-02." in name} & set(after)
    assert any(name.startswith("people.2026-02.") for name in after)


def test_joining_and_parting_changes_no_months_file(three_months: Ledger) -> None:
    before = kept(three_months)
    one, other = Participant.objects.order_by("pk")
    assert everybody(three_months).months == {(2026, 1): 2, (2026, 2): 1, (2026, 3): 2}
    for counted_as, total, january in ((one, 1, 1), (None, 2, 2)):
        Participant.objects.filter(pk=other.pk).update(counted_as=counted_as)
        refresh(three_months.program)
        found = everybody(three_months)
        assert (found.total, found.months[2026, 1], set(found.sites.values())) == (total, january, {total})
    assert kept(three_months) == before


def test_the_rows_come_to_the_same_by_the_same_expression(three_months: Ledger) -> None:
    """What is kept of a month and what other engines are asked are compiled from one `PeopleIndicator.among`."""
    Participant.objects.filter(pk=max(each.pk for each in Participant.objects.all())).update(
        counted_as=min(each.pk for each in Participant.objects.all())
    )
    refresh(three_months.program)
    with copy_of(three_months.program) as copy:
        for name, indicator in people_figures().items():
            assert indicator.facts is not None
            copy.see(indicator.facts, copy.months)
            rows = copy.engine.execute(compiled(Engine.DUCKDB)[f"{name} by month"]).fetchall()
            by_month = {(month.year, None if is_year_only else month.month): n for month, is_year_only, n in rows}
            assert count_people(copy, indicator, YEAR).months == by_month


def test_a_damaged_file_of_people_is_noticed_and_made_again(three_months: Ledger) -> None:
    place = next(places.folder(three_months.program.pk).glob("people.2026-03.*"))
    whole = place.read_bytes()
    middle = len(whole) // 2
    place.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    assert everybody(three_months).months[2026, 3] == 2
    assert not place.exists()
    assert mend(three_months.program) == 0


def test_nobody_is_counted_in_a_year_without_contacts(three_months: Ledger) -> None:
    found = everybody(three_months, Period(start=date(2024, 1, 1), end=date(2024, 12, 31)))
    assert found == People(total=0, months={}, sites={}, finest={})
