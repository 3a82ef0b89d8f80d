"""What funders ask for, as data: one TOML file a report, those that come with Alongside and those a program adds.

A file that can't be used is listed with the reason and disturbs no other report.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import PeopleIndicator
from alongside.kernel.surveys import is_about_survey
from alongside.reports.catalogue import all_indicators

OWN = Path(__file__).parent / "definitions"
BY_HAND = "by_hand:"


class Line(BaseModel):
    """One number, table or answer of a report. One of `indicator`, `count`, `by_hand`, `numerator` and `survey` says
    where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(min_length=1, max_length=60)
    title: str = Field(min_length=1, max_length=300)
    indicator: str = ""
    count: Literal["", "sites", "syringes_in_storage"] = ""
    by_hand: Literal["", "number", "text"] = ""
    numerator: tuple[str, ...] = ()
    denominator: str = ""
    """An indicator, or `by_hand:` and the code of a line of numbers."""
    survey: str = ""
    """A question of the survey by its key, "coverage", or "coverage by" a question that makes groups."""
    by: Literal["", "detail", "site", "month"] = ""
    every_month: bool = False
    """Only people who were seen in each month of the period."""
    kinds: tuple[str, ...] = ()
    """Of sites: which kinds."""
    required: bool = False
    percent: bool = False
    decimals: int = Field(default=0, ge=0, le=4)
    data_element: str = Field(default="", max_length=60)
    """Of DHIS2: an id or a code; without it, made from the report's name and `code`."""

    @property
    def is_table(self) -> bool:
        return bool(self.by or self.survey)

    @property
    def indicators(self) -> tuple[str, ...]:
        denominator = () if self.denominator.startswith(BY_HAND) else (self.denominator,)
        return tuple(filter(None, (self.indicator, *self.numerator, *denominator)))


class Definition(BaseModel):
    """A report that somebody asks for. `layout_verified` only after a person compared it with the official form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str = Field(min_length=1, max_length=200)
    title_es: str = ""
    asked_by: str
    edition: str
    source: str
    read_on: date
    layout_verified: bool
    period: Literal["any", "month", "quarter", "year"]
    note: str = ""
    data_set: str = ""
    """Of DHIS2."""
    lines: tuple[Line, ...] = Field(min_length=1)

    @property
    def local_title(self) -> str:
        return self.title_es if self.title_es and (get_language() or "").startswith("es") else self.title

    @property
    def by_hand(self) -> list[Line]:
        return [line for line in self.lines if line.by_hand]


@dataclass(frozen=True, kw_only=True)
class Unusable:
    """A file that is no report, and why, in a sentence."""

    name: str
    reason: str


def all_definitions() -> list[Definition | Unusable]:
    """Those of Alongside by title, then those of the program."""
    return [_tried(file) for file in _files()]


def definition_named(name: str) -> Definition:
    """Raises Refusal with a sentence if there is none, or its file can't be used."""
    for file in _files():
        if file.stem == name:
            return read_definition(file)
    raise Refusal(_("There is no report called %(name)s. Choose one from the list.") % {"name": name})


def own_folder() -> Path:
    """Where a program puts reports of its own."""
    return Path(settings.MEDIA_ROOT) / "definitions"


def read_definition(file: Path) -> Definition:
    about = {"file": file.name}
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        definition = Definition(name=file.stem, **said)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise Refusal(_("%(file)s can't be read: %(reason)s.") % (about | {"reason": str(error)})) from error
    except ValidationError as error:
        raise Refusal(_first_fault(error, file)) from error
    codes = [line.code for line in definition.lines]
    for line in definition.lines:
        if codes.count(line.code) > 1:
            raise Refusal(
                _("%(file)s can't be used: two lines have the code %(code)s.") % (about | {"code": line.code})
            )
        if fault := _fault(line, definition):
            raise Refusal(
                _("%(file)s can't be used. Line “%(line)s”: %(fault)s") % (about | {"line": line.title, "fault": fault})
            )
    return definition


def _files() -> Iterator[Path]:
    yield from sorted(OWN.glob("*.toml"))
    yield from sorted(own_folder().glob("*.toml"))


def _tried(file: Path) -> Definition | Unusable:
    try:
        return read_definition(file)
    except Refusal as refusal:
        return Unusable(name=file.stem, reason=str(refusal))


def _first_fault(error: ValidationError, file: Path) -> str:
    first = error.errors()[0]
    place = ", ".join(str(each + 1 if isinstance(each, int) else each) for each in first["loc"])
    return _("%(file)s can't be used. At “%(place)s”: %(reason)s.") % {
        "file": file.name,
        "place": place,
        "reason": first["msg"],
    }


def _fault(line: Line, definition: Definition) -> str:
    """What is wrong with a line that the fields by themselves can't say; empty if nothing is."""
    unknown = [name for name in line.indicators if name not in all_indicators()]
    if unknown:
        return _("There is no figure called %(name)s. The list is under Figures in the documentation.") % {
            "name": unknown[0]
        }
    sources = [line.indicator, line.count, line.by_hand, line.numerator, line.survey]
    if sum(bool(each) for each in sources) != 1:
        return _("It has to say one of: indicator, count, by_hand, numerator, survey.")
    if line.survey and not is_about_survey(line.survey):
        return _("A survey is asked by the key of a question, by “coverage”, or by “coverage by” such a key.")
    if bool(line.numerator) != bool(line.denominator):
        return _("A share needs a numerator and a denominator.")
    if line.every_month and not isinstance(all_indicators()[line.indicator], PeopleIndicator):
        return _("Only people can be counted in every month.")
    return _fault_of_denominator(line, definition)


def _fault_of_denominator(line: Line, definition: Definition) -> str:
    code = line.denominator.removeprefix(BY_HAND)
    numbers = {each.code for each in definition.lines if each.by_hand == "number"}
    if line.denominator.startswith(BY_HAND) and code not in numbers:
        return _("There is no number %(code)s to fill in.") % {"code": code}
    return ""
