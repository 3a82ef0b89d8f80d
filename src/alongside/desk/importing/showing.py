"""What the import pages show: counts by word, totals by year, lines that can't be taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alongside.encounters.importing.files import faults_file
from alongside.encounters.importing.models import Import
from alongside.encounters.importing.outcomes import FAULTS, SHOWN_FAULTS, TITLES, Outcome
from alongside.encounters.importing.wording import SUMS, title_of
from alongside.kernel.services import Catalogue

STEPS = (_("Choose a file"), _("Match columns"), _("Check"), _("Import"))
_STATE = Import.State
_PILLS = {_STATE.DONE: "ok", _STATE.UNDONE: "held", _STATE.CHECKED: "info", _STATE.WAITING: "waiting"}
_TILES = (
    Outcome.ACCEPTED,
    Outcome.BACK,
    Outcome.DUPLICATE,
    Outcome.REFUSED,
    Outcome.CONFLICT,
    Outcome.HELD,
    Outcome.LEFT,
)
_ALWAYS = {Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.REFUSED}
_LEFT_OUT = (Outcome.NOTHING, Outcome.TOTAL, Outcome.BLANK)
_BUSY = {
    _STATE.CHECKING: _("Checking the lines"),
    _STATE.RUNNING: _("Importing the lines"),
    _STATE.UNDOING: _("Undoing the import"),
    _STATE.RETURNING: _("Bringing the contacts back"),
}
_AGAIN = {
    _STATE.RUNNING: "desk:import_run",
    _STATE.UNDOING: "desk:import_undo",
    _STATE.RETURNING: "desk:import_bring_back",
}


@dataclass(frozen=True, kw_only=True)
class Tile:
    """How many lines came to one word."""

    label: Any
    figure: int


@dataclass(frozen=True, kw_only=True)
class TotalsRow:
    """One item or figure: a number for each year, and their sum."""

    title: str
    numbers: list[int | None]
    total: int


class Shown:
    """One import as its page shows it."""

    def __init__(self, found: Import, catalogue: Catalogue) -> None:
        self._found, self._catalogue = found, catalogue
        self._counts: dict[Outcome, int] = {Outcome(word): lines for word, lines in found.counts.items()}
        self.new_sites: list[str] = found.report.get("new_sites", [])
        self.overlap: int = found.report.get("overlap", 0)
        self.faults: list[dict[str, Any]] = found.report.get("faults", [])
        self.faults_total = sum(self._counts.get(word, 0) for word in FAULTS)

    @property
    def step(self) -> int:
        return {_STATE.WAITING: 2, _STATE.CHECKING: 3, _STATE.CHECKED: 3}.get(_STATE(self._found.state), 4)

    @property
    def is_checked(self) -> bool:
        return self._found.state == _STATE.CHECKED

    @property
    def busy(self) -> Any:
        """What is under way, or an empty string."""
        return _BUSY.get(_STATE(self._found.state), "")

    @property
    def again_url(self) -> str:
        """Where the step under way is asked for again."""
        name: str = _AGAIN.get(_STATE(self._found.state), "desk:import_check")
        return reverse(name, args=[self._found.pk])

    @property
    def to_import(self) -> int:
        return self._counts.get(Outcome.ACCEPTED, 0) + self._counts.get(Outcome.BACK, 0)

    @property
    def tiles(self) -> list[Tile]:
        """The lines by word; words that no line came to are left out, but for the three that everybody looks for."""
        words = [word for word in _TILES if self._counts.get(word) or word in _ALWAYS]
        return [Tile(label=self._label(word), figure=self._counts.get(word, 0)) for word in words]

    @property
    def left_out(self) -> list[Tile]:
        return [Tile(label=TITLES[word], figure=self._counts[word]) for word in _LEFT_OUT if self._counts.get(word)]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """How the columns are read, in words."""
        read = self._found.mapping.get("columns", {})
        return [(name, title_of(reading, self._catalogue)) for name, reading in read.items()]

    @property
    def years(self) -> list[int]:
        return sorted({year for year, _reading, _number in self._found.report.get("totals", [])})

    @property
    def totals(self) -> list[TotalsRow]:
        numbers: dict[str, dict[int, int]] = {}
        for year, reading, number in self._found.report.get("totals", []):
            numbers.setdefault(reading, {})[year] = number
        years = self.years
        rows = [
            TotalsRow(
                title=str(SUMS.get(reading) or title_of(reading, self._catalogue)),
                numbers=[by_year.get(year) for year in years],
                total=sum(by_year.values()),
            )
            for reading, by_year in numbers.items()
        ]
        return sorted(rows, key=lambda row: row.title.casefold())

    @property
    def shown_faults(self) -> list[dict[str, Any]]:
        return sorted(self.faults, key=lambda fault: fault["line"])

    @property
    def faults_beyond(self) -> int:
        return max(0, self.faults_total - SHOWN_FAULTS)

    @property
    def has_faults_file(self) -> bool:
        return self.faults_total > 0 and faults_file(self._found.pk).exists()

    def _label(self, word: Outcome) -> Any:
        if word == Outcome.ACCEPTED and self._found.state != _STATE.CHECKED:
            return _("Imported")
        return TITLES[word]


@dataclass(frozen=True, kw_only=True)
class ListedImport:
    """One import on the list."""

    found: Import
    pill: str
    imported: int
    faults: int


def rows_of(found: Iterable[Import]) -> list[ListedImport]:
    return [
        ListedImport(
            found=each,
            pill=_PILLS.get(_STATE(each.state), "info"),
            imported=sum(each.counts.get(word, 0) for word in (Outcome.ACCEPTED, Outcome.BACK)),
            faults=sum(each.counts.get(word, 0) for word in FAULTS),
        )
        for each in found
    ]
