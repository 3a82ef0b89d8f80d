"""Reading one cell of a spreadsheet: whole numbers and dates, as people write them. No database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from alongside.kernel.errors import Refusal

Cell = str | int | float | bool | datetime | date | time | timedelta | None

UNKNOWN = frozenset(
    {"na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "nil", "unk", "unknown", "missing", "no data", "not recorded"}
    | {"n/d", "nd", "s/d", "sin dato", "desconocido", "no registrado", "?", "-", "--", "–", "—", ".", ".."}
)
"""How people write that they do not know. It is neither zero nor an error."""

MOST_DIGITS = 9
FIRST_YEAR, LAST_YEAR = 1990, 2100

_GROUPED = re.compile(r"\d{1,3}(?:([,.'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]0{1,2})?")
_PLAIN = re.compile(r"\d+(?:[.,]0+)?")
_NOT_WHOLE = _("Write a whole number, such as 10.")
_NOT_A_DATE = _("Write a date, such as 2026-03-31, a month, such as 2026-03, or a year.")


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """Text as it is compared: without case, accents and repeated spaces."""
    flat = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return " ".join(letters.casefold().split())


def is_blank(cell: Cell) -> bool:
    """True for an empty cell and for the words that mean "not known"."""
    return cell is None or (isinstance(cell, str) and (not cell.strip() or plain(cell) in UNKNOWN))


def text_of(cell: Cell) -> str:
    """A cell as text; a number that a spreadsheet holds as 12.0 is "12"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def whole_number(cell: Cell) -> int | None:
    """A number of things or people; None where the cell is blank or says "not known". Raises Refusal."""
    if isinstance(cell, str) and cell.isascii() and cell.isdigit() and len(cell) <= MOST_DIGITS:
        return int(cell)
    if is_blank(cell):
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise Refusal(_NOT_WHOLE)
    if isinstance(cell, str):
        return _written_number(cell.strip())
    if cell < 0:
        raise Refusal(_("Write a number of 0 or more."))
    if cell != cell // 1 or cell >= 10**MOST_DIGITS:
        raise Refusal(_NOT_WHOLE)
    return int(cell)


def _written_number(text: str) -> int:
    """ "1,204", "1.204" and "1 204" are all one thousand two hundred and four: nobody hands out parts of a thing."""
    if text.startswith(("-", "−")):
        raise Refusal(_("Write a number of 0 or more."))
    if grouped := _GROUPED.fullmatch(text):
        whole = text[: -len(tail[0])] if (tail := re.search(r"[.,]0{1,2}$", text)) else text
        digits = re.sub(r"\D", "", whole)
        is_mixed = tail is not None and tail[0][0] == grouped[1]
        if not is_mixed and len(digits) <= MOST_DIGITS:
            return int(digits)
    if _PLAIN.fullmatch(text):
        digits = re.split(r"[.,]", text)[0]
        if len(digits) <= MOST_DIGITS:
            return int(digits)
    raise Refusal(_NOT_WHOLE)


class DateOrder(StrEnum):
    """Which number of 3/4/2026 is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True, slots=True)
class When:
    """A day, or the first day of a month ("m") or year ("y"); `at` is the local time if the sheet has one."""

    day: date
    precision: str = "d"
    at: time | None = None


_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan ene", "feb", "mar", "apr abr", "may", "jun", "jul", "aug ago", "sep set", "oct", "nov", "dec dic"), 1
    )
    for name in names.split()
}
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 (a serial number counts local days)
_TIME = r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?\s*(?P<half>[ap]\.?\s?m\.?)?)?"
_OF = r"[\s\-/.,']*(?:del?\s+|of\s+)?"
_WORD = r"(?P<word>[^\W\d_]{3,})\.?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        r"(?P<year>\d{4})",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})",
        r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TIME,
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<first>\d{1,2})(?P<gap>[-/. ])(?P<second>\d{1,2})(?P=gap)" + _YEAR + _TIME,
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|º|°)?" + _OF + _WORD + _OF + _YEAR + _TIME,
        _WORD + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _TIME,
        _WORD + _OF + _YEAR,
    )
)
_WEEKDAY = re.compile(
    r"^(?:(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mi[eé]|jue|vie|s[aá]b|dom)[^\W\d_]*\.?,\s*"
    r"|(?:mon|tues?|wed|thu|thur|thurs|fri|sat|sun)(?:[a-z]*day)?\.?\s+(?=\d))",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000, typed=True)
def read_when(cell: Cell, *, order: DateOrder | None, zone: str) -> When | None:
    """The date in a cell; None where it is blank or says "not known". Raises Refusal.

    `order` settles 3/4/2026; without it such a date is refused. Text with a UTC offset becomes local time in `zone`.
    """
    if is_blank(cell):
        return None
    if isinstance(cell, datetime):
        return When(cell.date(), at=cell.time() if cell.time() > time.min else None)
    if isinstance(cell, date):
        return When(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(cell)
    if isinstance(cell, str):
        return _from_text(cell.strip(), order, zone)
    raise Refusal(_NOT_A_DATE)


def _from_number(number: float) -> When:
    """A year, or the number by which spreadsheets count days (25569 is 1970-01-01)."""
    if FIRST_YEAR <= number <= LAST_YEAR and number == number // 1:
        return When(date(int(number), 1, 1), "y")
    if 25_569 <= number < 75_000:
        moment = _EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
        return When(moment.date(), at=moment.time() if number != number // 1 else None)
    if number == number // 1 and 19_900_101 <= number <= 21_001_231:
        return _from_text(str(int(number)), None, "UTC")
    raise Refusal(_NOT_A_DATE)


def _from_text(text: str, order: DateOrder | None, zone: str) -> When:
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _from_number(float(text))
    if aware := _aware(text):
        local = aware.astimezone(ZoneInfo(zone))
        return When(local.date(), at=local.time())
    bare = _WEEKDAY.sub("", text)
    for shape in _SHAPES:
        if (found := shape.fullmatch(bare)) and (when := _when(found.groupdict(), order)):
            return when
    raise Refusal(_NOT_A_DATE)


def _aware(text: str) -> datetime | None:
    if ":" not in text or "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _when(parts: dict[str, str | None], order: DateOrder | None) -> When | None:
    year, month, day = _year(parts["year"] or ""), _month(parts), parts.get("day")
    if parts.get("first"):
        month, day = _ordered(str(parts["first"]), str(parts["second"]), order)
    try:
        if month is None:
            return None if parts.get("word") else When(date(year, 1, 1), "y")
        return When(date(year, month, int(day or 1)), "d" if day else "m", _time(parts))
    except ValueError:
        raise Refusal(_("There is no such day in the calendar. Check the date.")) from None


def _year(text: str) -> int:
    year = int(text) + (2000 if len(text) == 2 else 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal(_("This year is too long ago or too far ahead. Check the date."))
    return year


def _month(parts: dict[str, str | None]) -> int | None:
    if word := parts.get("word"):
        return month_named(word)
    return int(parts["month"] or 0) if parts.get("month") else None


def month_named(word: str) -> int | None:
    """March, mar., marzo: 3. None for another word."""
    return _MONTHS.get(plain(word)[:3])


def _ordered(first: str, second: str, order: DateOrder | None) -> tuple[int, str]:
    """Month and day of "3/4": where only one reading gives a month, it is that one."""
    one, two = int(first), int(second)
    if order is None and one <= 12 and two <= 12 and one != two:
        raise Refusal(_("This date can be read in two ways. Choose which number is the day."))
    if order == DateOrder.DAY_FIRST or (order is None and one > 12):
        return two, first
    return one, second


def _time(parts: dict[str, str | None]) -> time | None:
    if not parts.get("hour"):
        return None
    hour, half = int(parts["hour"] or 0), (parts.get("half") or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(parts["minute"] or 0))


_NUMBERS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d])")


def orders_that_fit(cells: Iterable[Cell]) -> set[DateOrder]:
    """Which orders of day and month every date written as 3/4/2026 allows. Both: the column does not say."""
    fits = set(DateOrder)
    for cell in cells:
        found = _NUMBERS.match(_WEEKDAY.sub("", cell.strip())) if isinstance(cell, str) else None
        if found and int(found[1]) > 12:
            fits.discard(DateOrder.MONTH_FIRST)
        if found and int(found[3]) > 12:
            fits.discard(DateOrder.DAY_FIRST)
    return fits


def says_order(cell: Cell) -> bool:
    """True for a date whose meaning hangs on the order of day and month."""
    return isinstance(cell, str) and bool(_NUMBERS.match(_WEEKDAY.sub("", cell.strip())))


def is_value(cell: Cell) -> bool:
    """True for a number or a date: what stands in lines, not in headers."""
    if cell is None or isinstance(cell, bool):
        return False
    if not isinstance(cell, str):
        return True
    return any(_reads(read, cell) for read in (whole_number, _any_date))


def _any_date(cell: Cell) -> When | None:
    order = next(iter(orders_that_fit([cell])), None)
    return read_when(cell, order=order, zone="UTC")


def _reads(read: Callable[[Cell], object], text: str) -> bool:
    try:
        return read(text) is not None
    except Refusal:
        return False
