"""A spreadsheet to fill in: the program's own sites and items, drop-downs, and a page of instructions in two languages.

It is imported without matching columns, because its columns are called what the guess knows exactly.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import xlsxwriter
from django.utils.translation import get_language
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alongside.encounters.importing.mapping import figures_on_sheets
from alongside.sites.models import Program, Site
from alongside.supplies.models import Bag, Item
from alongside.supplies.queries import CatalogueItem, catalogue

ROWS = 2_000
"""Rows with drop-downs; more may be filled in."""
MOST_ITEM_COLUMNS = 24
_LISTS = "Lists"
_BLUE, _TEAL, _SAND, _INK = "#1F4E79", "#0F5C57", "#6B4A12", "#FFFFFF"


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column of the sheet to fill in."""

    name: str
    colour: str
    width: int
    rule: dict[str, Any]
    is_item: bool = False


def template_for(program: Program) -> io.BytesIO:
    """The workbook as a file, its data sheet in the reader's language."""
    text = _texts()["es" if (get_language() or "en").startswith("es") else "en"]
    names = _item_names(program)
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet(text["sheet"])
    for language in ("en", "es"):
        _write_instructions(book, _texts()[language])
    _write_lists(book, names, [site.name for site in Site.objects.filter(is_active=True)])
    _write_columns(book, page, _columns(program, text, names), text, names)
    book.close()
    content.seek(0)
    return content


def _columns(program: Program, text: dict[str, Any], names: Sequence[str]) -> list[_Column]:
    number = {"validate": "integer", "criteria": ">=", "value": 0, "input_message": text["number_hint"]}
    sites = {
        "validate": "list",
        "source": f"={_LISTS}!$B$1:$B$500",
        "error_type": "warning",
        "input_message": text["site_hint"],
    }
    day = {"validate": "date", "criteria": "between", "minimum": date(2000, 1, 1), "maximum": date(2100, 1, 1)}
    about = [
        _Column(
            name=text["date"],
            colour=_BLUE,
            width=13,
            rule=day | {"error_type": "warning", "input_message": text["date_hint"]},
        ),
        _Column(name=text["site"], colour=_BLUE, width=20, rule=sites),
        _Column(
            name=text["people"], colour=_BLUE, width=10, rule={"validate": "any", "input_message": text["people_hint"]}
        ),
        _Column(name=text["code"], colour=_BLUE, width=16, rule={"validate": "any"}),
        _Column(name=text["reached"], colour=_BLUE, width=12, rule=number),
    ]
    items = [_Column(name=name, colour=_TEAL, width=13, rule=number, is_item=True) for name in _usual_items(program)]
    figures = [
        _Column(name=str(figure.title), colour=_SAND, width=14, rule=number) for figure in figures_on_sheets().values()
    ]
    return [*about, *items, *figures]


def _usual_items(program: Program) -> list[str]:
    """What usual bags hold, and the naloxone that the program keeps in stock: most sheets need no more."""
    in_bags = set(Bag.objects.filter(is_active=True).values_list("lines__item__key", flat=True))
    stocked = Item.objects.filter(is_active=True, doses__gt=0, reorder_point__gt=0, parts=None)
    keys = in_bags | set(stocked.values_list("key", flat=True))
    shelves = list(Item.Group.values)
    items = [item for item in _items(program) if item.key in keys and item.is_active]
    return [item.local_name for item in sorted(items, key=lambda item: shelves.index(item.group))][:MOST_ITEM_COLUMNS]


def _items(program: Program) -> Iterator[CatalogueItem]:
    return (item for item in catalogue(program).by_key.values() if isinstance(item, CatalogueItem))


def _item_names(program: Program) -> list[str]:
    return sorted((item.local_name for item in _items(program)), key=str.casefold)


def _write_columns(
    book: xlsxwriter.Workbook, page: Worksheet, columns: Sequence[_Column], text: dict[str, Any], names: Sequence[str]
) -> None:
    day, plain = book.add_format({"num_format": "yyyy-mm-dd", "locked": False}), book.add_format({"locked": False})
    heads = {colour: _head(book, colour) for colour in (_BLUE, _TEAL, _SAND)}
    choose = {
        "validate": "list",
        "source": f"={_LISTS}!$A$1:$A${max(1, len(names))}",
        "input_message": text["pick_item"],
        "error_type": "warning",
    }
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width, day if place == 0 else plain)
        page.write_string(0, place, column.name, heads[column.colour])
        page.data_validation(1, place, ROWS, place, column.rule)
        if column.is_item:
            page.data_validation(0, place, 0, place, choose)
    page.set_row(0, 62)
    page.freeze_panes(1, 2)
    page.set_landscape()
    page.repeat_rows(0)
    page.set_selection(1, 0, 1, 0)


def _head(book: xlsxwriter.Workbook, colour: str) -> Format:
    return book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "bg_color": colour,
            "font_color": _INK,
            "border": 1,
            "border_color": _INK,
        }
    )


def _write_instructions(book: xlsxwriter.Workbook, text: dict[str, Any]) -> None:
    page = book.add_worksheet(text["instructions_sheet"])
    page.hide_gridlines(2)
    page.set_column(0, 0, 100)
    title = book.add_format({"bold": True, "font_size": 16, "font_color": _BLUE})
    heading = book.add_format({"bold": True, "font_color": _TEAL})
    line = book.add_format({"text_wrap": True, "valign": "top"})
    page.write_string(0, 0, text["title"], title)
    row = 2
    for sentence in text["lines"]:
        page.write_string(row, 0, f"• {sentence}", line)
        row += 1
    page.write_string(row + 1, 0, text["example_title"], heading)
    for place, sentence in enumerate(text["example_lines"], row + 2):
        page.write_string(place, 0, sentence, line)


def _write_lists(book: xlsxwriter.Workbook, names: Sequence[str], sites: Sequence[str]) -> None:
    """What the drop-downs offer, on a sheet that nobody sees."""
    page = book.add_worksheet(_LISTS)
    for place, listed in enumerate((names, sites)):
        for row, name in enumerate(listed):
            page.write_string(row, place, name)
    page.hide()


@cache
def _texts() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files(__package__) / "templates_data" / "template.toml").read_text(encoding="utf-8"))
