"""From rows of cells to lines: what was said on each, or why it can't be taken. Writes nothing, asks no database."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.utils.translation import gettext as _

from alongside.encounters.importing.cells import (
    Cell,
    When,
    is_blank,
    month_named,
    plain,
    read_when,
    text_of,
    whole_number,
)
from alongside.encounters.importing.guessing import item_called
from alongside.encounters.importing.headers import Header
from alongside.encounters.importing.mapping import (
    CODE,
    DATE,
    DAY,
    FIGURE_COLUMN,
    ITEM,
    ITEM_COLUMN,
    MONTH,
    NUMBER,
    PEOPLE,
    QUANTITY,
    REACHED,
    SITE,
    TIME,
    ColumnMapping,
)
from alongside.encounters.importing.outcomes import Outcome
from alongside.encounters.importing.tables import Row
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said
from alongside.kernel.errors import Refusal
from alongside.kernel.services import Catalogue
from alongside.participants.rules import normalise

T = TypeVar("T")
Given = dict[str, dict[str, int]]
_TOTAL = re.compile(r"(?:grand |sub ?-?)?total(?:s|es)?(?:\b.{0,30})?|suma(?: total)?|sum")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One contact, or one entry for many people, as a line says it. The code, normalised, is used and not kept."""

    number: int
    when: When
    site: str
    people: int | None
    reached: int | None
    code: str = field(repr=False)
    own_number: str
    given: Mapping[str, Mapping[str, int]]
    """Items by key, by the kind of record that they belong to."""
    figures: Mapping[str, int]
    """Other numbers by what the mapping calls them."""
    said: tuple[tuple[str, int], ...]
    """Every number by its column: what makes this line the same line in next month's file."""
    has_people: bool
    """The number of people stands in the sheet."""
    rows: int = 1

    @property
    def entries(self) -> tuple[Said, ...]:
        """What the one door is told. Raises Refusal for numbers that no record can be made of."""
        given = (Said(kind, registry.kinds[kind].version, {"items": dict(items)}) for kind, items in self.given.items())
        return (*given, *_counted(self.figures))


@dataclass(frozen=True, kw_only=True, slots=True)
class NotTaken:
    """A line that can't be read, or that holds nothing to record."""

    number: int
    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    place: int
    name: str
    reading: str


class LineReader:
    """Reads the rows below a header by a mapping that was found to fit it."""

    def __init__(
        self,
        header: Header,
        mapping: ColumnMapping,
        *,
        catalogue: Catalogue,
        zone: str,
        check_site: Callable[[str], object] = str,
    ) -> None:
        """`check_site` raises Refusal for a name that no site has."""
        self._header, self._mapping, self._catalogue, self._zone = header, mapping, catalogue, zone
        self._check_site = check_site
        columns = [
            _Column(place, name, reading)
            for name, reading in mapping.columns.items()
            if (place := header.column(name)) is not None
        ]
        self._columns = columns
        self._one = {column.reading: column for column in columns}
        self._items = [column for column in columns if column.reading.startswith(ITEM_COLUMN)]
        self._figures = [column for column in columns if column.reading.startswith(FIGURE_COLUMN)]

    def lines(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Line | NotTaken]]:
        """Each row below the header with what it says; a contact's rows together, if each item has a row of its own."""
        read = ((row, self.line(row)) for row in rows if row.number > self._header.last)
        return _joined(read) if self._mapping.is_item_by_line and NUMBER in self._one else read

    def kept_cells(self, row: Row) -> list[tuple[str, str]]:
        """What a file of refused lines may repeat: the columns that are read, without the participant's code."""
        return [
            (column.name, "" if column.reading == CODE else text_of(row.label(column.place)))
            for column in self._columns
        ]

    def line(self, row: Row) -> Line | NotTaken:
        if left_out := self._left_out(row):
            return NotTaken(number=row.number, outcome=left_out)
        reasons: list[str] = []
        when = self._ask(reasons, DATE, lambda: self._when(row)) or When(date.min)
        site = self._ask(reasons, SITE, lambda: self._site(row)) or ""
        people = self._ask(reasons, PEOPLE, lambda: self._people(row))
        reached = self._ask(reasons, REACHED, lambda: whole_number(self._cell(row, REACHED)))
        given, said = self._given(row, reasons)
        figures = self._numbers(row, self._figures, reasons)
        if reasons:
            return NotTaken(number=row.number, outcome=Outcome.REFUSED, reasons=tuple(reasons))
        line = Line(
            number=row.number,
            when=when,
            site=site,
            people=people,
            reached=reached,
            code=normalise(text_of(self._label(row, CODE))),
            own_number=text_of(self._label(row, NUMBER)),
            given=given,
            figures={column.reading: number for column, number in figures},
            said=(*said, *((plain(column.name), number) for column, number in figures)),
            has_people=PEOPLE in self._one,
        )
        return _with_entries(line)

    def _left_out(self, row: Row) -> Outcome | None:
        cells = [row.cell(column.place) for column in self._columns]
        if all(cell is None for cell in cells):
            return Outcome.BLANK
        first = next((cell for cell in row.cells if cell is not None), None)
        labels = [first, *(self._label(row, reading) for reading in (DATE, SITE))]
        if any(isinstance(label, str) and _TOTAL.fullmatch(plain(label).rstrip(":")) for label in labels):
            return Outcome.TOTAL
        date_column = self._one.get(DATE)
        if date_column and plain(text_of(row.cell(date_column.place))) == plain(date_column.name):
            return Outcome.BLANK
        return None

    def _ask(self, reasons: list[str], reading: str, get: Callable[[], T]) -> T | None:
        try:
            return get()
        except Refusal as refusal:
            column = self._one.get(reading)
            reasons.append(_about(column.name, refusal) if column else str(refusal))
            return None

    def _cell(self, row: Row, reading: str) -> Cell:
        column = self._one.get(reading)
        return row.cell(column.place) if column else None

    def _label(self, row: Row, reading: str) -> Cell:
        column = self._one.get(reading)
        return row.label(column.place) if column else None

    def _when(self, row: Row) -> When:
        cell: Cell = self._label(row, DATE) if DATE in self._one else self._mapping.date
        when = read_when(cell, order=self._mapping.date_order, zone=self._zone)
        if when is None:
            raise Refusal(_("The date is missing."))
        if MONTH in self._one:
            when = _in_month(when, self._label(row, MONTH), self._label(row, DAY))
        at = _time(self._label(row, TIME))
        return replace(when, at=at) if at and when.precision == "d" else when

    def _site(self, row: Row) -> str:
        cell: Cell = self._label(row, SITE) if SITE in self._one else self._mapping.site
        if is_blank(cell):
            raise Refusal(_("The site is missing."))
        name = " ".join(text_of(cell).split())
        if len(name) > 120:
            raise Refusal(_("Shorten this to %(limit)s characters.") % {"limit": 120})
        self._check_site(name)
        return name

    def _people(self, row: Row) -> int | None:
        cell = self._cell(row, PEOPLE)
        if cell is None:
            return 1 if self._mapping.people == "one" else None
        return whole_number(cell)

    def _given(self, row: Row, reasons: list[str]) -> tuple[Given, list[tuple[str, int]]]:
        """What was given, and the same numbers by column. Nothing given is nothing said."""
        if self._mapping.is_item_by_line:
            return self._item_of_line(row, reasons)
        given: Given = {}
        said = []
        for column, number in self._numbers(row, self._items, reasons):
            if number:
                self._add(given, column.reading.removeprefix(ITEM_COLUMN), number)
                said.append((plain(column.name), number))
        return given, said

    def _add(self, given: Given, key: str, number: int) -> None:
        of_kind = given.setdefault(self._catalogue.by_key[key].recorded_as, {})
        of_kind[key] = of_kind.get(key, 0) + number

    def _item_of_line(self, row: Row, reasons: list[str]) -> tuple[Given, list[tuple[str, int]]]:
        quantity = self._ask(reasons, QUANTITY, lambda: whole_number(self._cell(row, QUANTITY)))
        cell = self._label(row, ITEM)
        if not quantity or is_blank(cell):
            if quantity:
                reasons.append(_about(self._one[ITEM].name, Refusal(_("The item is missing."))))
            return {}, []
        name = plain(text_of(cell))
        known = {plain(word): key for word, key in self._mapping.items.items()}
        key = known.get(name) or item_called(name, self._catalogue)
        if key not in self._catalogue.by_key:
            sentence = _("This item is not in the catalogue. Say which one is meant, or add it.")
            reasons.append(_about(self._one[ITEM].name, Refusal(sentence)))
            return {}, []
        given: Given = {}
        self._add(given, str(key), quantity)
        return given, [(name, quantity)]

    def _numbers(self, row: Row, columns: Iterable[_Column], reasons: list[str]) -> list[tuple[_Column, int]]:
        """The columns that hold a number, zeros included, and the numbers."""
        found = []
        for column in columns:
            try:
                number = whole_number(row.cell(column.place))
            except Refusal as refusal:
                reasons.append(_about(column.name, refusal))
                continue
            if number is not None:
                found.append((column, number))
        return found


def _about(column: str, refusal: Refusal) -> str:
    return _("%(column)s: %(sentence)s") % {"column": column, "sentence": refusal}


def _with_entries(line: Line) -> Line | NotTaken:
    """The line, unless it holds nothing, or numbers that no record can be made of."""
    try:
        is_empty = not line.entries and not line.people
    except Refusal as refusal:
        return NotTaken(number=line.number, outcome=Outcome.REFUSED, reasons=(_(str(refusal)),))
    return NotTaken(number=line.number, outcome=Outcome.NOTHING) if is_empty else line


def _in_month(year: When, month: Cell, day: Cell) -> When:
    """A date whose year, month and day stand in columns of their own."""
    if year.precision != "y":
        raise Refusal(_("With a column of months beside it, this column holds years, such as 2026."))
    number = (month_named(month) if isinstance(month, str) else None) or whole_number(month)
    if number is None:
        return year
    at = whole_number(day)
    try:
        return When(year.day.replace(month=number, day=at or 1), "d" if at else "m")
    except ValueError:
        raise Refusal(_("There is no such day in the calendar. Check the date.")) from None


def _time(cell: Cell) -> time | None:
    """A local time of day; None where the cell is blank or says "not known"."""
    if is_blank(cell):
        return None
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta | float):
        days = cell / timedelta(days=1) if isinstance(cell, timedelta) else cell
        minutes = round(days % 1 * 24 * 60) % (24 * 60)
        return time(minutes // 60, minutes % 60)
    read = read_when(f"2000-01-01 {text_of(cell)}", order=None, zone="UTC")
    return read.at if read else None


def _counted(figures: Mapping[str, int]) -> Iterator[Said]:
    """What the services make of their numbers."""
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    for reading, number in figures.items():
        _prefix, kind_name, figure = reading.split(":")
        by_kind[kind_name][figure] = number
    for kind_name, numbers in by_kind.items():
        kind = registry.kinds[kind_name]
        if kind.sheet:
            yield from (Said(kind_name, kind.version, payload) for payload in kind.sheet.payloads(numbers))


def _joined(read: Iterable[tuple[Row, Line | NotTaken]]) -> Iterator[tuple[Row, Line | NotTaken]]:
    """Neighbouring lines with the same number, date, site and code are one contact."""
    held: tuple[Row, Line] | None = None
    for row, line in read:
        if held and isinstance(line, Line) and _is_same_contact(held[1], line):
            held = (held[0], _joined_with(held[1], line))
            continue
        if held:
            yield held
            held = None
        if isinstance(line, Line):
            held = (row, line)
        else:
            yield row, line
    if held:
        yield held


def _is_same_contact(one: Line, other: Line) -> bool:
    return bool(one.own_number) and (one.own_number, one.when, one.site, one.code) == (
        other.own_number,
        other.when,
        other.site,
        other.code,
    )


def _joined_with(one: Line, other: Line) -> Line:
    given: Given = {kind: dict(items) for kind, items in one.given.items()}
    for kind, items in other.given.items():
        of_kind = given.setdefault(kind, {})
        for key, quantity in items.items():
            of_kind[key] = of_kind.get(key, 0) + quantity
    return replace(
        one,
        given=given,
        figures={**one.figures, **other.figures},
        said=(*one.said, *other.said),
        rows=one.rows + other.rows,
    )
