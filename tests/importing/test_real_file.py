"""Rhode Island's naloxone kits by town and year become contacts, and the report equals the file, to the kit."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from alongside.encounters.importing import actions
from alongside.encounters.importing.mapping import ColumnMapping
from alongside.encounters.importing.previewing import first_look
from alongside.encounters.models import Encounter
from alongside.encounters.submissions import Sender
from alongside.kernel.indicators import Period
from alongside.reports.reading import count_period
from alongside.sites.models import Site
from alongside.supplies.queries import catalogue
from tests.importing.sheets import import_file, program_with_sender

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "programs" / "ri_town_OEND_kits_2015_2019.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.is_file(), reason=f"The data set {FILE.name} is not beside this checkout."),
]

MAPPING = ColumnMapping(
    columns={"year": "date", "town": "site", "kits_OEND": "item:naloxone-kit-unrecorded"},
    missing_sites="area",
    people="nobody",
)
KITS = "naloxone.units_given"


@pytest.fixture
def sender() -> Iterator[Sender]:
    with program_with_sender() as sender:
        yield sender


def in_the_file() -> Counter[tuple[str, int]]:
    """Kits by town and year. The file names each once, and holds no blank and no "NA"."""
    with FILE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    kits = Counter({(row["town"], int(row["year"])): int(row["kits_OEND"]) for row in rows})
    assert len(kits) == len(rows)
    return kits


def in_the_report() -> Counter[tuple[str, int]]:
    towns = dict(Site.objects.values_list("pk", "name"))
    kits: Counter[tuple[str, int]] = Counter()
    for cell in count_period(Period(start=date(2015, 1, 1), end=date(2019, 12, 31)), names=[KITS]).cells[KITS]:
        assert cell.month is None
        kits[towns[cell.site_id], cell.year] += cell.value
    return kits


def test_the_report_equals_the_file_for_every_town_and_year(sender: Sender) -> None:
    expected = in_the_file()
    found = import_file(FILE.read_bytes(), MAPPING, sender, name=FILE.name)
    assert in_the_report() == +expected  # where a town had no kits in a year, there is nothing to record
    zeros = sum(kits == 0 for kits in expected.values())
    assert found.counts == {"accepted": len(expected) - zeros, "nothing": zeros}
    assert sum(number for _year, _reading, number in found.report["totals"]) == expected.total()


def test_nobody_is_counted_and_the_towns_are_areas(sender: Sender) -> None:
    import_file(FILE.read_bytes(), MAPPING, sender)
    assert set(Encounter.objects.values_list("precision", "people")) == {("y", None)}
    towns = {town for town, _year in in_the_file()}
    assert set(Site.objects.filter(kind=Site.Kind.AREA).values_list("name", flat=True)) == towns


def test_a_second_import_adds_nothing_and_undo_takes_all_of_it_back(sender: Sender) -> None:
    found = import_file(FILE.read_bytes(), MAPPING, sender)
    before = in_the_report()
    assert import_file(FILE.read_bytes(), MAPPING, sender).counts.get("accepted") is None
    assert in_the_report() == before
    actions.take_out(found, sender=sender)
    assert in_the_report() == Counter()
    actions.return_all(found, sender=sender)
    assert in_the_report() == before


def test_the_columns_are_guessed_from_their_names(sender: Sender) -> None:
    found = actions.take_file([FILE.read_bytes()], name=FILE.name, sender=sender)
    program = sender.program
    _shown, begin = first_look(found, catalogue=catalogue(program), zone=program.timezone)
    assert begin.mapping == MAPPING
    assert not begin.is_ready
