"""Files as they come: encodings, separators, wrong names, damage, and what is done about each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from alongside.encounters.importing import sheets, workbooks
from alongside.encounters.importing.headers import Header, find_header
from alongside.encounters.importing.sheets import open_table
from alongside.encounters.importing.tables import Row
from alongside.kernel.errors import Refusal

pytestmark = pytest.mark.once

SPANISH = "fecha;sitio;jeringas\n14/03/2019;Río Piedras;1.204\n15/03/2019;Peñuelas;12\n"


def rows_of(content: bytes, sheet: str = "") -> list[Row]:
    return list(open_table(io.BytesIO(content), sheet=sheet).rows())


def header_of(content: bytes) -> Header:
    return find_header(open_table(io.BytesIO(content)).rows())


def refusal(content: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        header_of(content)
    return str(caught.value)


def workbook(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    fill(book)
    book.close()
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding(encoding: str) -> None:
    assert rows_of(SPANISH.encode(encoding))[1].cells == ("14/03/2019", "Río Piedras", "1.204")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_usual_separator_and_line_end(separator: str, end: str) -> None:
    text = end.join(separator.join(row) for row in (["date", "site"], ["2020-01-02", "Van"], ["2020-01-03", "Desk"]))
    assert [row.cells for row in rows_of(text.encode())][1:] == [("2020-01-02", "Van"), ("2020-01-03", "Desk")]


def test_quoted_separators_and_line_ends_and_blank_lines() -> None:
    rows = rows_of(b'date,note,out\n2020-01-02,"a, b\nc",3\n\n2020-01-03,,4\n')
    assert [(row.number, row.cells) for row in rows] == [
        (1, ("date", "note", "out")),
        (2, ("2020-01-02", "a, b\nc", "3")),
        (3, ()),
        (4, ("2020-01-03", None, "4")),
    ]


def test_the_line_that_excel_writes_about_its_separator() -> None:
    assert rows_of(b"sep=;\na;b\n1;2\n")[0].cells == ("a", "b")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"%PDF-1.7 ...", "not a spreadsheet"),
        (b"\x89PNG\r\n", "not a spreadsheet"),
        (b"<html><table><tr><td>1</td></tr></table>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old XLS"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 half a workbook", "only half copied"),
        (bytes(range(256)) * 8, "that can be read here"),
        (b'date,out\n2020-01-02,"3\n' + b"2020-01-03,4\n" * 2_000, "quotation mark"),
        (b"1,2,3\n4,5,6\n", "column names"),
        (b"a,b\n" + b"1," * 5_000, "columns"),
    ],
)
def test_what_can_not_be_read_says_what_to_do(content: bytes, said: str) -> None:
    sentence = refusal(content)
    assert said in sentence
    assert sentence.endswith(".")


def test_other_archives_say_what_to_do() -> None:
    for name, said in (
        ("list.csv", "zip file"),
        ("mimetype", "Save it as XLSX"),
        ("xl/workbook.bin", "Save it as XLSX"),
    ):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(name, "x")
        assert said in refusal(content.getvalue())


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 1_000)
    assert "Split it" in refusal(b"a,b\n" + b"1,2\n" * 1_000)


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_UNPACKED_BYTES", 10_000_000)
    content = io.BytesIO(workbook(lambda book: book.add_worksheet().write_row(0, 0, ["date", "site"])))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", bytes(20_000_000))
    assert len(content.getvalue()) < 100_000
    assert "too large when it is unpacked" in refusal(content.getvalue())


def test_entities_are_not_expanded() -> None:
    content = workbook(lambda book: book.add_worksheet().write_row(0, 0, ["date", "site"]))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    assert "damaged" in refusal(_with_part(content, "xl/worksheets/sheet1.xml", bomb))


def test_a_damaged_workbook_is_said_to_be_damaged() -> None:
    content = workbook(lambda book: book.add_worksheet().write_row(0, 0, ["date", "site"]))
    assert "damaged" in refusal(_with_part(content, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"))
    assert "damaged" in refusal(_with_part(content, "xl/workbook.xml", b"nonsense"))


def _with_part(content: bytes, name: str, part: bytes) -> bytes:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(changed, "w") as after:
        for each in before.namelist():
            after.writestr(each, part if each == name else before.read(each))
    return changed.getvalue()


def test_a_workbook_is_known_by_its_content_and_gives_typed_values() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("2020")
        page.write_row(0, 0, ["Date", "Site", "Out"])
        page.write_datetime(1, 0, datetime(2020, 1, 2), book.add_format({"num_format": "d/m/yy"}))  # noqa: DTZ001
        page.write_row(1, 1, ["Van", 12])
        page.write_row(4, 0, ["2020-01-03", "Desk"])
        page.write_formula(4, 2, "=C2*2", value=24)

    rows = rows_of(workbook(fill))
    assert rows[1].cells == (datetime(2020, 1, 2), "Van", 12)  # noqa: DTZ001
    assert (rows[4].number, rows[4].cells) == (5, ("2020-01-03", "Desk", 24))


def test_a_formula_that_was_never_calculated_is_no_empty_cell() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Date", "Out"])
    book.active.append([date(2020, 1, 2), "=1+1"])
    content = io.BytesIO()
    book.save(content)
    assert "formulas without results" in refusal(content.getvalue())


def test_a_formula_whose_result_is_empty_text_is_an_empty_cell() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Date", "Out"])
        page.write_formula(1, 1, '=IF(A2="","",1)', value="x")

    content, part = workbook(fill), "xl/worksheets/sheet1.xml"
    xml = zipfile.ZipFile(io.BytesIO(content)).read(part)
    assert b't="str"' in xml
    assert rows_of(_with_part(content, part, xml.replace(b"<v>x</v>", b"<v></v>")))[1].cells == ()


def test_sheets_by_name_hidden_ones_left_out() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("First").write_row(0, 0, ["a", "b"])
        book.add_worksheet("Second").write_row(0, 0, ["c", "d"])
        book.add_worksheet("Hidden").hide()

    content = workbook(fill)
    assert open_table(io.BytesIO(content)).names == ("First", "Second")
    assert rows_of(content, sheet="Second")[0].cells == ("c", "d")
    with pytest.raises(Refusal, match="Third"):
        rows_of(content, sheet="Third")


def test_merged_dates_hold_for_each_row_and_merged_numbers_count_once() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Date", "Site", "Out"])
        page.merge_range(1, 0, 3, 0, "2020-01-02")
        page.merge_range(1, 2, 3, 2, 30)
        for row, site in enumerate(["Van", "Desk", "Room"], 1):
            page.write_string(row, 1, site)

    rows = rows_of(workbook(fill))[1:]
    assert [row.label(0) for row in rows] == ["2020-01-02"] * 3
    assert [row.cell(2) for row in rows] == [30, None, None]


HEADERS = {
    "a title above": "Harbor 2020\n\nDate,Site,Out\n2020-01-02,Van,3\n",
    "groups above": ",,Given,,Back\nDate,Site,Out,Kits,Counted\n2020-01-02,Van,3,1,2\n",
    "names below groups": "Date,Site,Given,\n,,Out,Kits\n2020-01-02,Van,3,1\n",
    "units below": "Date,Site,Out\n,,(each)\n2020-01-02,Van,3\n",
    "two alike": "Date,Site,Out,Out\n2020-01-02,Van,3,1\n",
}
NAMES = {
    "a title above": (3, ("Date", "Site", "Out")),
    "groups above": (2, ("Date", "Site", "Given – Out", "Given – Kits", "Back – Counted")),
    "names below groups": (2, ("Date", "Site", "Given – Out", "Given – Kits")),
    "units below": (2, ("Date", "Site", "Out – (each)")),
    "two alike": (1, ("Date", "Site", "Out", "Out (2)")),
}


@pytest.mark.parametrize("case", HEADERS)
def test_headers(case: str) -> None:
    header = header_of(HEADERS[case].encode())
    assert (header.last, header.names) == NAMES[case]


def test_a_header_over_several_merged_rows() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 3, "Harbor Exchange 2020")
        page.merge_range(1, 0, 2, 0, "Date")
        page.merge_range(1, 1, 1, 2, "Syringes")
        page.write_row(2, 1, ["1 mL", "3 mL"])
        page.merge_range(1, 3, 2, 3, "Kits")
        page.write_row(3, 0, ["2020-01-02", 10, 5, 1])

    header = header_of(workbook(fill))
    assert (header.first, header.last) == (2, 3)
    assert header.names == ("Date", "Syringes – 1 mL", "Syringes – 3 mL", "Kits")


def test_a_person_can_say_where_the_names_are() -> None:
    content = b"a,b,c\nDate,Out,\n2020-01-02,3,\n"
    assert find_header(open_table(io.BytesIO(content)).rows(), first=2).names[:2] == ("Date", "Out")
    with pytest.raises(Refusal, match="row 9"):
        find_header(open_table(io.BytesIO(content)).rows(), first=9)


def test_reading_does_not_keep_the_file_in_memory(tmp_path: Path) -> None:
    import tracemalloc

    place = tmp_path / "long.csv"
    with place.open("w") as file:
        file.write("date,site,out\n")
        file.writelines("2020-01-02,Van,3\n" for _ in range(200_000))
    tracemalloc.start()
    with place.open("rb") as content:
        assert sum(1 for _row in open_table(content).rows()) == 200_001
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
