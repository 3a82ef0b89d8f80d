"""How the columns of a program's spreadsheet are read. Data: saved as JSON, by name, and carried from file to file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from alongside.encounters.importing.cells import DateOrder, plain, read_when
from alongside.encounters.importing.headers import Header
from alongside.encounters.registry import registry
from alongside.kernel.errors import Refusal
from alongside.kernel.services import Catalogue
from alongside.kernel.sheets import SheetFigure

DATE, MONTH, DAY, TIME = "date", "month", "day", "time"
SITE, PEOPLE, REACHED, CODE = "site", "people", "reached", "code"
NUMBER = "number"
"""The line's own number in their books: with it, a line that is corrected there is seen as the same line."""
ITEM, QUANTITY = "item", "quantity"
"""Sheets with one line for each item that was given."""
ONCE = (DATE, MONTH, DAY, TIME, SITE, PEOPLE, REACHED, CODE, NUMBER, ITEM, QUANTITY)
ITEM_COLUMN, FIGURE_COLUMN = "item:", "figure:"

Name = Annotated[str, Field(max_length=120)]
Reading = Annotated[str, Field(max_length=130, pattern=r"^[a-z_.:0-9A-Z-]+$")]


class ColumnMapping(BaseModel):
    """What each column holds, by the column's name, and what the sheet itself does not say."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    version: Literal[1] = 1
    sheet: Name = ""
    header_first: Annotated[int, Field(ge=1, le=200)] | None = None
    header_last: Annotated[int, Field(ge=1, le=200)] | None = None
    columns: Annotated[dict[Name, Reading], Field(max_length=400)]
    """date, site, people …, `item:<item key>`, or `figure:<kind>:<figure>`. Columns that are left out are not read."""
    items: Annotated[dict[Name, Name], Field(max_length=2_000)] = Field(default_factory=dict)
    """Item keys by what the sheet's item column calls them."""
    date_order: DateOrder | None = None
    date: Annotated[str, Field(max_length=40)] = ""
    """Holds for all lines, where there is no column of dates."""
    site: Annotated[str, Field(max_length=120)] = ""
    """Holds for all lines, where there is no column of sites."""
    missing_sites: Literal["refuse", "area", "desk"] = "refuse"
    """What becomes of a site that the program does not have: its lines are refused, or it is made."""
    people: Literal["one", "nobody"] = "one"
    """Where no column says how many people, or its cell is empty: the line is one person, or nobody counted them."""
    moves_stock: bool = False

    @model_validator(mode="after")
    def reads_once(self) -> ColumnMapping:
        readings = [each for each in self.columns.values() if each in ONCE or each.startswith(FIGURE_COLUMN)]
        if len(set(readings)) != len(readings):
            raise ValueError(_("Two columns are read as the same thing. Choose one of them."))
        return self

    def column_of(self, reading: str) -> str | None:
        return next((name for name, each in self.columns.items() if each == reading), None)

    @property
    def is_item_by_line(self) -> bool:
        return self.column_of(ITEM) is not None

    def as_json(self) -> dict[str, object]:
        return self.model_dump(mode="json", exclude_defaults=True) | {"version": self.version}


def mapping_from(data: object) -> ColumnMapping:
    """A mapping from its JSON. Raises Refusal."""
    try:
        return ColumnMapping.model_validate(data)
    except ValidationError as error:
        found = error.errors()[0]
        if found["type"] == "value_error":
            raise Refusal(str(found["ctx"]["error"])) from None
        place = ".".join(str(part) for part in found["loc"]) or "?"
        raise Refusal(
            _("This is not a mapping that can be read: look at “%(place)s”.") % {"place": place[:80]}
        ) from None


def figures_on_sheets() -> Mapping[str, SheetFigure]:
    """Every number that an installed service reads from spreadsheets, by what a mapping calls it."""
    return {
        f"{FIGURE_COLUMN}{kind.name}:{figure.name}": figure
        for kind in registry.kinds.values()
        if kind.sheet
        for figure in kind.sheet.figures
    }


def what_is_missing(mapping: ColumnMapping, header: Header, *, catalogue: Catalogue) -> dict[str, str]:
    """Sentences by the field at fault: `columns`, a column's name, `date`, `site`. Empty if lines can be read."""
    faults = {**_unknown_columns(mapping, header), **_unknown_readings(mapping, catalogue)}
    if mapping.column_of(DATE) is None and not _is_date(mapping.date):
        faults["date"] = _("Choose the column that holds the date, or write one date, month or year for all lines.")
    if mapping.column_of(DAY) and not mapping.column_of(MONTH):
        faults["columns"] = _("A column of days needs a column of months beside it.")
    if mapping.column_of(SITE) is None and not mapping.site:
        faults["site"] = _("Choose the column that holds the site, or one site for all lines.")
    if (mapping.column_of(ITEM) is None) != (mapping.column_of(QUANTITY) is None):
        faults["columns"] = _("A column of items and a column of quantities belong together: choose both.")
    return faults


def _is_date(text: str) -> bool:
    try:
        return read_when(text, order=DateOrder.MONTH_FIRST, zone="UTC") is not None
    except Refusal:
        return False


def _unknown_columns(mapping: ColumnMapping, header: Header) -> dict[str, str]:
    absent = [name for name in mapping.columns if header.column(name) is None]
    if not absent:
        return {}
    return {
        "columns": _("The mapping reads columns that this sheet does not have: %(names)s.")
        % {"names": ", ".join(absent[:5])}
    }


def _unknown_readings(mapping: ColumnMapping, catalogue: Catalogue) -> dict[str, str]:
    figures = figures_on_sheets()
    faults = {}
    for name, reading in mapping.columns.items():
        if reading.startswith(ITEM_COLUMN):
            if reading.removeprefix(ITEM_COLUMN) not in catalogue.by_key:
                faults[name] = _("This item is not in the catalogue. Choose it again from the list.")
        elif reading not in ONCE and reading not in figures:
            faults[name] = _("Nothing here records this. Choose again from the list.")
    return faults


def fits(mapping: ColumnMapping, header: Header) -> bool:
    """True if the sheet has every column that the mapping reads."""
    names = {plain(name) for name in header.names}
    return bool(mapping.columns) and all(plain(name) in names for name in mapping.columns)


def columns_without_reading(mapping: ColumnMapping, header: Header) -> Iterable[str]:
    """Columns of the sheet that are not read."""
    read = {plain(name) for name in mapping.columns}
    return (name for name in header.names if name and plain(name) not in read)
