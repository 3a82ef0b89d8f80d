"""A filled report as a file: CSV and XLSX for sheets, PDF for paper, JSON for DHIS2."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.kernel.formulas import harmless
from alongside.reports.exports.files import XLSX, write_book
from alongside.reports.exports.tables import Table, Value
from alongside.reports.funders.answering import definition_of, period_code
from alongside.reports.funders.answers import Answer, Filled, Row
from alongside.reports.paper import set_on_paper
from alongside.reports.wording import UNITS, period_in_words

LONG_FORM = (
    "report",
    "edition",
    "program",
    "period_start",
    "period_end",
    "site",
    "code",
    "line",
    "figure",
    "unit",
    "by",
    "key",
    "label",
    "value",
    "low",
    "high",
    "text",
    "is_hidden",
)
"""Never translated or reordered: other programs read them."""
HIDDEN = "*"
PAPER = Path(__file__).parent / "report.typ"


def write_csv(filled: Filled, file: IO[bytes], **_options: str) -> None:
    with_rows = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(with_rows)
    writer.writerow(LONG_FORM)
    for row in _long_form(filled):
        writer.writerow([harmless(value) for value in row])
    with_rows.detach()


def _long_form(filled: Filled) -> Iterator[Sequence[Any]]:
    period = filled.question.period
    about = (
        filled.definition.name,
        filled.definition.edition,
        filled.program.name,
        period.start.isoformat(),
        period.end.isoformat(),
        filled.site_name,
    )
    for answer in filled.answers:
        figure = (answer.indicator.name, answer.indicator.unit.value) if answer.indicator else ("", "")
        for row in answer.rows:
            numbers = (HIDDEN, None, None) if row.is_hidden else tuple(map(_plain, (row.value, row.low, row.high)))
            yield (
                *about,
                answer.line.code,
                answer.line.title,
                *figure,
                answer.line.by,
                row.key,
                row.label,
                *numbers,
                row.text,
                "yes" if row.is_hidden else "no",
            )


def write_xlsx(filled: Filled, file: IO[bytes], **_options: str) -> None:
    write_book(file, [_numbers_sheet(filled), _definitions_sheet(filled)])


def _numbers_sheet(filled: Filled) -> Table:
    heads = (
        (_("Code"), 16),
        (_("Asked for"), 60),
        (_("Site, month or item"), 34),
        (_("Value"), 14),
        (_("At least"), 12),
        (_("At most"), 12),
        (_("Unit"), 26),
        (_("Note"), 80),
    )
    return Table(name=_("Report"), heads=heads, rows=list(_sheet_rows(filled)), preface=list(_about(filled)))


def _sheet_rows(filled: Filled) -> Iterator[Sequence[Value]]:
    for answer in filled.answers:
        for number, row in enumerate(answer.rows):
            shown = HIDDEN if row.is_hidden else row.text or _for_sheet(row.value)
            interval = (None, None) if row.is_hidden else (_for_sheet(row.low), _for_sheet(row.high))
            note = " ".join(answer.notes) if number == 0 else ""
            yield (answer.line.code, answer.line.title, row.label, shown, *interval, unit_of(answer), note)


def _about(filled: Filled) -> Iterator[Sequence[Value]]:
    yield from about(filled)
    yield ()


def about(filled: Filled) -> Iterator[tuple[str, str]]:
    """What stands above the numbers on paper and in sheets."""
    definition = filled.definition
    made_at = now().astimezone(ZoneInfo(filled.program.timezone))
    yield _("Report"), definition.local_title
    yield _("Asked for by"), f"{definition.asked_by}, {definition.edition}"
    yield _("Program"), filled.program.name
    yield _("Period"), period_in_words(filled.question.period, today=filled.question.today)
    yield _("Site"), filled.site_name or _("All sites")
    yield _("Made"), date_format(made_at, "DATETIME_FORMAT")
    yield (
        _("For"),
        _("Publication: small numbers of people are hidden (*).")
        if filled.is_protected
        else _("Submission: exact numbers. Do not publish them."),
    )
    for warning in filled.warnings:
        yield _("Note"), warning


def _definitions_sheet(filled: Filled) -> Table:
    heads = ((_("Code"), 16), (_("Asked for"), 60), (_("Definition"), 90), (_("Counted from"), 60))
    rows = [
        (
            answer.line.code,
            answer.line.title,
            str(definition_of(answer)),
            str(answer.indicator.source) if answer.indicator else "",
        )
        for answer in filled.answers
    ]
    return Table(name=_("Definitions"), heads=heads, rows=rows)


def write_pdf(filled: Filled, file: IO[bytes], **_options: str) -> None:
    file.write(set_on_paper(_for_paper(filled), paper=PAPER))


def _for_paper(filled: Filled) -> dict[str, Any]:
    return {
        "language": (get_language() or "en")[:2],
        "title": filled.definition.local_title,
        "about": [list(each) for each in about(filled)],
        "heads": [_("Code"), _("Asked for"), _("Value")],
        "lines": [_paper_line(answer) for answer in filled.answers],
        "meanings": _("What the numbers mean"),
        "definitions": [[answer.line.code, answer.line.title, str(definition_of(answer))] for answer in filled.answers],
    }


def _paper_line(answer: Answer) -> dict[str, Any]:
    rows = [[row.label, shown(row)] for row in answer.rows]
    return {
        "code": answer.line.code,
        "title": answer.line.title,
        "unit": unit_of(answer),
        "rows": rows,
        "notes": list(answer.notes),
    }


def write_dhis2(filled: Filled, file: IO[bytes], *, org_unit: str = "", **_options: str) -> None:
    """A `dataValueSets` document. Raises Refusal for days that are no period of DHIS2, or without its place."""
    period = period_code(filled.question.period)
    if not period:
        raise Refusal(_("DHIS2 takes whole months, quarters or years of the calendar. Choose another period."))
    if not org_unit.strip():
        raise Refusal(_("Write the code of your program in DHIS2 (its organisation unit) first."))
    values = [value for answer in filled.answers for value in _data_values(answer, filled)]
    document = {
        "dataElementIdScheme": "CODE",
        "orgUnitIdScheme": "CODE",
        "dataSetIdScheme": "CODE",
        "dataSet": filled.definition.data_set or _code(filled.definition.name),
        "completeDate": now().date().isoformat(),
        "period": period,
        "orgUnit": org_unit.strip(),
        "dataValues": values,
    }
    file.write(json.dumps(document, ensure_ascii=False, indent=2).encode())


def _data_values(answer: Answer, filled: Filled) -> Iterator[dict[str, str]]:
    """Numbers of the whole only: what a line is broken down by has no agreed codes in DHIS2."""
    element = answer.line.data_element or f"{_code(filled.definition.name)}_{_code(answer.line.code)}"
    if answer.line.is_table:
        return
    for row in answer.rows:
        if row.is_hidden or (row.value is None and not row.text):
            continue
        yield {"dataElement": element, "value": row.text or str(_plain(row.value))}


def _code(name: str) -> str:
    return "".join(each if each.isalnum() else "_" for each in name).upper()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file."""

    write: Callable[..., None]
    content_type: str
    suffix: str


KINDS: Mapping[str, Kind] = {
    "csv": Kind(write=write_csv, content_type="text/csv; charset=utf-8", suffix="csv"),
    "xlsx": Kind(write=write_xlsx, content_type=XLSX, suffix="xlsx"),
    "pdf": Kind(write=write_pdf, content_type="application/pdf", suffix="pdf"),
    "dhis2": Kind(write=write_dhis2, content_type="application/json", suffix="json"),
}


def file_name(filled: Filled, kind: str) -> str:
    period: tuple[date, date] = (filled.question.period.start, filled.question.period.end)
    public = "-protected" if filled.is_protected else ""
    return f"{filled.definition.name}-{period[0]:%Y-%m-%d}-to-{period[1]:%Y-%m-%d}{public}.{KINDS[kind].suffix}"


def unit_of(answer: Answer) -> str:
    return str(UNITS[answer.unit]) if answer.unit else ""


def shown(row: Row) -> str:
    """A number in the reader's language."""
    if row.is_hidden:
        return HIDDEN
    if row.text:
        return row.text
    if row.value is None:
        return "–"
    if row.is_percent:
        return _percent(row)
    return str(number_format(row.value, force_grouping=True))


def _percent(row: Row) -> str:
    said = {"share": row.value, "low": row.low, "high": row.high}
    words = {name: number_format(value) for name, value in said.items() if value is not None}
    return (_("%(share)s %% (%(low)s to %(high)s)") if "low" in words else _("%(share)s %%")) % words


def _plain(value: int | Decimal | None) -> str | int | None:
    return format(value, "f") if isinstance(value, Decimal) else value


def _for_sheet(value: int | Decimal | None) -> Value:
    """Sheets hold whole numbers as numbers and others as text, which loses nothing."""
    return format(value, "f") if isinstance(value, Decimal) else value
