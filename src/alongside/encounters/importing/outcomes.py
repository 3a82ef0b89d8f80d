"""What becomes of the lines of a spreadsheet, and the tally that a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Outcome(StrEnum):
    """One word for each line. The first five are the words of the one door (encounters.submissions.Word)."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    HELD = "held"
    REFUSED = "refused"
    CONFLICT = "conflict"
    BACK = "back"
    """Was undone with its import, and counts again."""
    LEFT = "left"
    """Was undone by itself, by a person, and stays so."""
    TOTAL = "total"
    NOTHING = "nothing"
    BLANK = "blank"


TITLES: Mapping[Outcome, object] = {
    Outcome.ACCEPTED: _("New lines"),
    Outcome.BACK: _("Undone before, counted again"),
    Outcome.DUPLICATE: _("Here already"),
    Outcome.HELD: _("Waiting"),
    Outcome.REFUSED: _("Can't be taken"),
    Outcome.CONFLICT: _("Differs from what is here"),
    Outcome.LEFT: _("Undone by hand, left so"),
    Outcome.TOTAL: _("Totals rows, left out"),
    Outcome.NOTHING: _("Nothing on it to record, left out"),
    Outcome.BLANK: _("Blank, left out"),
}

COUNTED = frozenset({Outcome.ACCEPTED, Outcome.BACK, Outcome.DUPLICATE})
"""What of the file is in the reports once it is imported."""
FAULTS = frozenset({Outcome.REFUSED, Outcome.CONFLICT, Outcome.HELD, Outcome.LEFT})
SHOWN_FAULTS = 200


class Tally:
    """Lines by outcome, totals by year, and the first faults: of a line nothing but its number and the reasons."""

    def __init__(self) -> None:
        self.lines = 0
        self.counts: Counter[Outcome] = Counter()
        self.totals: Counter[tuple[int, str]] = Counter()
        self.faults: list[dict[str, object]] = []
        self.spans: dict[int, tuple[date, date]] = {}
        """First and last day of the new lines, by site."""
        self.repeats_in_spans = 0

    def count(self, outcome: Outcome, *, rows: int = 1) -> None:
        self.counts[outcome] += rows
        self.lines += rows

    def add_total(self, year: int, reading: str, number: int) -> None:
        self.totals[year, reading] += number

    def add_place(self, site_id: int, day: date, outcome: Outcome) -> None:
        """Remember which days of which site the new lines cover."""
        if outcome == Outcome.DUPLICATE:
            self.repeats_in_spans += 1
        else:
            first, last = self.spans.get(site_id, (day, day))
            self.spans[site_id] = (min(first, day), max(last, day))

    def note_fault(self, line: int, outcome: Outcome, reasons: str) -> None:
        if len(self.faults) < SHOWN_FAULTS:
            self.faults.append({"line": line, "word": outcome.value, "reason": reasons})

    def counts_as_json(self) -> dict[str, int]:
        return {outcome.value: self.counts[outcome] for outcome in Outcome if self.counts[outcome]}

    def report_as_json(self) -> dict[str, object]:
        return {
            "totals": [[year, reading, number] for (year, reading), number in sorted(self.totals.items())],
            "faults": self.faults,
        }
