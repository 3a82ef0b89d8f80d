"""What a column's name gives away, in English and Spanish."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alongside.encounters.importing.guessing import guess
from alongside.encounters.importing.headers import find_header
from alongside.encounters.importing.tables import Row
from alongside.encounters.submissions import Sender
from alongside.supplies.queries import catalogue
from tests.importing.sheets import program_with_sender

pytestmark = pytest.mark.django_db

KNOWN = {
    "date": "Date|Fecha|year|Date of visit|DATE OF SERVICE|Año",
    "month": "Month|Mes",
    "site": "Site|Town|Location|Sitio|Municipio",
    "people": "People|# of participants|Personas|Participants served",
    "reached": "Collects for|Recoge para",
    "code": "Participant ID|Code|Código|UIC",
    "number": "ID|Record ID|Visit ID|Folio",
    "figure:syringes.returned:count": "Syringes returned|Jeringas devueltas|Needles in|Syringes back, counted",
    "figure:naloxone.reversal_reported:count": "Reversals|Overdose reversals|Reversiones",
    "item:naloxone-kit-unrecorded": "kits_OEND|Naloxone kits|Narcan|Take-home naloxone kits distributed|THN kits",
    "item:syringe-unrecorded": "Syringes|Needles out|Syringes distributed|Jeringas entregadas",
    "item:cooker": "Cookers|cooker",
    "item:strip-fentanyl": "Fentanyl test strips|FTS|Fentanyl strips given",
    "item:naloxone-nasal-4mg": "Naloxone nasal 4 mg (box of 2)|Naloxona nasal 4 mg (caja de 2)|naloxone-nasal-4mg",
}
UNKNOWN = ("Name", "Phone", "Notes", "Gender", "Date of birth", "Kits returned", "Weather", "")


@pytest.fixture
def sender() -> Iterator[Sender]:
    with program_with_sender() as sender:
        yield sender


def guessed(sender: Sender, *names: str, cells: tuple[str, ...] = ("1",)) -> dict[str, str]:
    rows = [Row(1, names), Row(2, cells)]
    items = catalogue(sender.program)
    return guess(find_header(rows, first=1), rows[1:], catalogue=items).mapping.columns


def test_names_that_are_known(sender: Sender) -> None:
    for reading, names in KNOWN.items():
        for name in names.split("|"):
            assert guessed(sender, name, "x").get(name) == reading, name


def test_names_that_say_nothing_are_not_imported(sender: Sender) -> None:
    assert guessed(sender, "x", *UNKNOWN) == {}


def test_an_item_column_without_quantities_is_no_guess(sender: Sender) -> None:
    assert guessed(sender, "Item", "Date") == {"Date": "date"}
    assert guessed(sender, "Item", "Qty") == {"Item": "item", "Qty": "quantity"}


def test_only_names_that_are_known_exactly_make_it_sure(sender: Sender) -> None:
    items = catalogue(sender.program)

    def sure(*names: str, date: str = "2020-01-31") -> bool:
        rows = [Row(1, names), Row(2, (date, "Van", "3"))]
        return guess(find_header(rows, first=1), rows[1:], catalogue=items).is_sure

    assert sure("Date", "Site", "Cooker")
    assert not sure("Date", "Site", "Cookers")
    assert not sure("Date", "Site", "Cooker", "Notes")
    assert not sure("Date", "Site", "Cooker", date="3/4/2020")
