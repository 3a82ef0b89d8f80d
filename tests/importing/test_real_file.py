"""Rhode Island's naloxone kits by town and year become contacts, and the figures equal the file's, to the kit."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from alongside.encounters.importing.mapping import ColumnMapping
from alongside.encounters.importing.models import Import
from alongside.services.naloxone.models import KitGiven
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


def test_every_town_and_year_equals_the_file():
    with program_with_sender() as sender:
        found = import_file(FILE.read_bytes(), MAPPING, sender, name=FILE.name)
        rows = KitGiven.objects.values_list("site__name", "day__year", "quantity")
        stored = Counter()
        for town, year, kits in rows:
            stored[town, year] += kits
        with FILE.open(encoding="utf-8") as lines:
            expected = {(row["town"], int(row["year"])): int(row["kits_OEND"]) for row in csv.DictReader(lines)}
        assert found.state == Import.State.DONE
        assert dict(stored) == {place: kits for place, kits in expected.items() if kits}
