"""The import pages: from a file to its contacts and back, without JavaScript."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.encounters.importing.models import Import, SavedMapping
from alongside.encounters.models import Encounter
from alongside.services.distribution.models import Given
from alongside.sites.models import Program
from tests.importing.sheets import csv_of
from tests.programs import make_member, make_program, signed_in

pytestmark = pytest.mark.django_db

TOWNS = csv_of([["year", "town", "kits_OEND"], [2018, "Warren", 12], [2019, "Warren", 30], [2019, "Bristol", 0]])


@pytest.fixture
def program() -> Program:
    return make_program()


@pytest.fixture
def desk(client: Client, program: Program) -> Client:
    return signed_in(client, make_member(program, Role.COORDINATOR))


def upload(desk: Client, content: bytes, name: str = "sheet.csv") -> Any:
    return desk.post(reverse("desk:imports"), {"file": SimpleUploadedFile(name, content)}, follow=True)


def address(name: str, program: Program) -> str:
    with scope(program=program):
        return reverse(f"desk:{name}", args=[Import.objects.latest("at").pk])


def test_from_a_file_to_its_contacts_and_back(desk: Client, program: Program) -> None:
    page = upload(desk, TOWNS)
    assert page.redirect_chain[-1][0] == address("import_columns", program)
    assert "kits_OEND" in page.content.decode()
    guessed = {name: field.initial for name, field in page.context["form"].fields.items()} | page.context[
        "form"
    ].initial
    assert guessed["column_2"] == "item:naloxone-kit-unrecorded"
    said = {
        "column_0": "date",
        "column_1": "site",
        "column_2": "item:naloxone-kit-unrecorded",
        "missing_sites": "area",
        "people": "nobody",
        "save_as": "Kits by town",
    }
    page = desk.post(address("import_columns", program), said, follow=True)
    text = page.content.decode()
    assert "Import 2 lines" in text
    assert "Warren" in text
    assert not Encounter._base_manager.exists()
    page = desk.post(address("import_run", program), follow=True)
    assert "It counts in every report" in page.content.decode()
    with scope(program=program):
        assert Encounter.objects.filter(state="live", door="import").count() == 2
        assert SavedMapping.objects.get().name == "Kits by town"
    page = desk.post(address("import_undo", program), follow=True)
    assert "Nothing of it counts" in page.content.decode()
    desk.post(address("import_bring_back", program))
    with scope(program=program):
        assert Encounter.objects.filter(state="live").count() == 2


def found_in(program: Program) -> Import:
    with scope(program=program):
        latest: Import = Import.objects.latest("at")
        return latest


def test_the_next_file_with_the_same_columns_is_checked_at_once(desk: Client, program: Program) -> None:
    upload(desk, TOWNS)
    said = {"column_0": "date", "column_1": "site", "column_2": "item:naloxone-kit-unrecorded", "save_as": "Kits"}
    desk.post(address("import_columns", program), said | {"missing_sites": "area", "people": "nobody"})
    more = csv_of([["kits_OEND", "Note", "Town", "Year"], [5, "", "Warren", 2020]])
    page = upload(desk, more)
    assert page.redirect_chain[-1][0] == address("import", program)
    assert found_in(program).mapping_name == "Kits"
    assert "Import 1 line" in page.content.decode()
    with scope(program=program):
        desk.post(reverse("desk:import_forget_mapping", args=[SavedMapping.objects.get().pk]))
        assert not SavedMapping.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty"),
        (b"%PDF-1.4", "This is not a spreadsheet"),
        (b"PK\x03\x04", "only half copied"),
        (bytes(range(256)) * 20, "Save it as XLSX or CSV"),
        (b"1,2\n3,4\n", "column names"),
    ],
)
def test_a_file_that_can_not_be_read_is_answered_with_a_sentence(
    desk: Client, program: Program, content: bytes, said: str
) -> None:
    page = upload(desk, content, name="list.xlsx")
    assert page.status_code == 200
    assert said in page.content.decode()
    with scope(program=program):
        assert not Import.objects.exists()


def test_no_file_and_a_file_that_is_too_large(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Choose the spreadsheet first." in desk.post(reverse("desk:imports"), {}).content.decode()
    for module in ("forms", "uploads"):
        monkeypatch.setattr(
            f"alongside.{'desk' if module == 'forms' else 'encounters'}.importing.{module}.MOST_BYTES", 10
        )
    assert "Split it by year" in upload(desk, TOWNS).content.decode()


def test_large_uploads_touch_the_disk_encrypted_and_leave_nothing(
    desk: Client, program: Program, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alongside.encounters.importing import files, uploads

    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    seen = []
    complete = uploads.SealedUploadHandler.file_complete

    def look(self: Any, size: int) -> Any:
        taken = complete(self, size)
        seen.extend(place.read_bytes() for place in files.folder().glob("upload-*"))
        return taken

    monkeypatch.setattr(uploads.SealedUploadHandler, "file_complete", look)
    upload(desk, TOWNS)
    assert len(seen) == 1
    assert b"Warren" not in seen[0]
    assert list(files.folder().glob("upload-*")) == []
    assert found_in(program).size_bytes == len(TOWNS)


def test_dates_that_can_be_read_in_two_ways_are_asked_about(desk: Client, program: Program) -> None:
    page = upload(desk, csv_of([["Date", "Site", "Cooker"], ["3/4/2020", "Van", 5]]))
    assert "3/4 is 3 April" in page.content.decode()
    said = {
        "column_0": "date",
        "column_1": "site",
        "column_2": "item:cooker",
        "missing_sites": "refuse",
        "people": "one",
    }
    page = desk.post(address("import_columns", program), said)
    assert "can be read in two ways" in page.content.decode()
    page = desk.post(address("import_columns", program), said | {"date_order": "dmy"}, follow=True)
    assert "Import 1 line" in page.content.decode()
    desk.post(address("import_run", program))
    with scope(program=program):
        assert str(Given.objects.get().day) == "2020-04-03"


def test_what_was_chosen_stays_when_something_is_missing(desk: Client, program: Program) -> None:
    upload(desk, TOWNS)
    said = {"column_1": "site", "column_2": "item:cooker", "missing_sites": "desk", "people": "one", "save_as": "Mine"}
    page = desk.post(address("import_columns", program), said)
    text = page.content.decode()
    assert "Choose the column that holds the date" in text
    assert 'value="Mine"' in text
    assert page.context["form"]["column_2"].value() == "item:cooker"


@pytest.mark.parametrize(
    "said",
    [
        {"column_0": "date", "column_1": "date"},
        {"column_0": "nonsense"},
        {"column_0": "item:<script>"},
        {"date_order": "x", "people": "y", "missing_sites": "z"},
        {"column_0": "date", "column_1": "site", "date": "x" * 5_000, "save_as": "y" * 5_000},
        {},
    ],
)
def test_nonsense_in_the_columns_form_is_answered_with_sentences(
    desk: Client, program: Program, said: dict[str, str]
) -> None:
    upload(desk, TOWNS)
    page = desk.post(address("import_columns", program), said)
    assert page.status_code == 200
    assert page.context["form"].errors


@pytest.mark.parametrize("query", [{"row": "99"}, {"row": "x"}, {"row": "-1"}, {"sheet": "Nowhere"}, {"row": "2"}])
def test_another_row_or_sheet(desk: Client, program: Program, query: dict[str, str]) -> None:
    upload(desk, TOWNS)
    assert desk.get(address("import_columns", program), query, follow=True).status_code == 200


def test_items_that_a_sheet_calls_otherwise_are_asked_about(desk: Client, program: Program) -> None:
    rows = [["Date", "Site", "Item", "Qty"], ["2020-01-02", "Van", "big rigs", 5], ["2020-01-02", "Van", "Cooker", 2]]
    page = upload(desk, csv_of(rows))
    words = [field.label for field in page.context["form"].words()]
    assert words == ["big rigs", "Cooker"]
    said = {f"column_{place}": reading for place, reading in enumerate(["date", "site", "item", "quantity"])}
    said |= {"missing_sites": "refuse", "people": "one", "word_0": "syringe-3ml-23g-1in", "word_1": "cooker"}
    desk.post(address("import_columns", program), said)
    desk.post(address("import_run", program))
    with scope(program=program):
        assert sorted(Given.objects.values_list("item__key", "quantity")) == [("cooker", 2), ("syringe-3ml-23g-1in", 5)]


def test_the_sheet_to_fill_in_is_imported_as_it_is(desk: Client, program: Program) -> None:
    answer = desk.get(reverse("desk:import_template"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["Contacts", "Instructions", "Instrucciones", "Lists"]
    page = book["Contacts"]
    names = [cell.value for cell in page[1]]
    assert names[:5] == ["Date", "Site", "People", "Participant code", "Collects for"]
    assert "Syringes back, counted" in names
    assert any(rule.type == "list" for rule in page.data_validations.dataValidation)
    row = dict.fromkeys(names) | {"Date": "2020-03-04", "Site": "Van", "Cooker": 4, "Reversals reported": 1}
    tally = dict.fromkeys(names) | {"Date": "2020-03", "Site": "Front desk", "People": 23, "Cooker": 40}
    for filled in (row, tally):
        page.append([filled[name] for name in names])
    content = io.BytesIO()
    book.save(content)
    shown = upload(desk, content.getvalue(), name="contacts.xlsx")
    assert shown.redirect_chain[-1][0] == address("import", program), shown.content.decode()
    desk.post(address("import_run", program))
    with scope(program=program):
        assert sorted(Encounter.objects.values_list("precision", "people")) == [("d", 1), ("m", 23)]
        assert sum(Given.objects.values_list("quantity", flat=True)) == 44


def test_the_sheet_to_fill_in_is_imported_in_spanish_too(desk: Client, program: Program) -> None:
    desk.cookies["alongside_language"] = "es"
    answer = desk.get(reverse("desk:import_template"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    page = book["Contactos"]
    names = [cell.value for cell in page[1]]
    assert names[:3] == ["Fecha", "Sitio", "Personas"]
    filled = dict.fromkeys(names) | {"Fecha": "2020-03-04", "Sitio": "Van", names[6]: 4}
    page.append([filled[name] for name in names])
    content = io.BytesIO()
    book.save(content)
    upload(desk, content.getvalue(), name="contactos.xlsx")
    assert found_in(program).counts == {"accepted": 1}


def test_lines_to_put_right_are_listed_and_can_be_downloaded(desk: Client, program: Program) -> None:
    page = upload(desk, csv_of([["Date", "Site", "Cooker"], ["2020-01-02", "Van", "five"], ["2020-01-03", "Van", 5]]))
    assert "Cooker: Write a whole number, such as 10." in page.content.decode()
    listed = b"".join(desk.get(address("import_faults", program)).streaming_content).decode("utf-8-sig")
    assert '2,"Cooker: Write a whole number, such as 10.",2020-01-02,Van,five' in listed


def test_a_script_in_a_file_is_shown_as_text(desk: Client, program: Program) -> None:
    page = upload(desk, csv_of([["Date", "<script>alert(1)</script>"], ["2020-01-02", "<img src=x>"]]), name="<b>.csv")
    assert "<script>alert" not in page.content.decode()
    assert "<img src=x>" not in page.content.decode()


def test_throwing_a_file_away(desk: Client, program: Program) -> None:
    upload(desk, TOWNS)
    page = desk.post(address("import_discard", program), follow=True)
    assert "Nothing of it was imported." in page.content.decode()
    with scope(program=program):
        assert not Import.objects.exists()


def test_what_can_not_be_done_now_is_answered_with_a_sentence(desk: Client, program: Program) -> None:
    upload(desk, TOWNS)
    for name in ("import_run", "import_undo", "import_bring_back"):
        page = desk.post(address(name, program), follow=True)
        assert page.status_code == 200
        assert found_in(program).state == Import.State.WAITING
