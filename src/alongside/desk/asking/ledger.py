"""What the question ledger shows of each question, and what it proposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from alongside.encounters.answers_counted import Shares, answers_counted
from alongside.encounters.questions import Asked, all_questions
from alongside.encounters.timing import median_seconds
from alongside.reports.uses import Use, own_figures, uses_by_question
from alongside.sites.models import Program

OFTEN_DECLINED_PERCENT = 40
ENOUGH_ANSWERS = 30


@dataclass(frozen=True, kw_only=True)
class Row:
    """A question of the ledger."""

    asked: Asked
    group: Any
    uses: Sequence[Use]
    figures: Sequence[str]
    shares: Shares
    seconds: int | None
    is_removed: bool
    proposal: str

    @property
    def doors(self) -> str:
        if not self.asked.is_on_form:
            return _("On no form; it can come with a spreadsheet.")
        if self.asked.is_in_texts:
            return _("Desk, phone and text line")
        return _("Desk and phone")

    @property
    def last_used(self) -> Use | None:
        return next((use for use in self.uses if use.last_made), None)


def ledger(program: Program) -> list[Row]:
    """Every question of every form, those proposed for removal first. Inside the program's scope."""
    shares, seconds, uses = answers_counted(), median_seconds(), uses_by_question()
    rows = [_row(asked, shares, seconds, uses[name], program) for name, asked in all_questions().items()]
    return sorted(rows, key=lambda row: (not row.proposal, row.is_removed, not row.asked.is_on_form))


def _row(
    asked: Asked, shares: Mapping[str, Shares], seconds: Mapping[str, int], uses: Sequence[Use], program: Program
) -> Row:
    is_removed = asked.name in program.questions_removed
    answers = shares.get(asked.name, Shares())
    return Row(
        asked=asked,
        group=asked.kind.title if asked.kind else _("The contact itself"),
        uses=uses,
        figures=own_figures(asked),
        shares=answers,
        seconds=seconds.get(asked.name),
        is_removed=is_removed,
        proposal="" if is_removed else _proposal(asked, answers, uses),
    )


def _proposal(asked: Asked, answers: Shares, uses: Sequence[Use]) -> str:
    """Why a question could go; empty if nothing speaks for it."""
    if not asked.can_be_removed:
        return ""
    declined = answers.declined_percent or 0
    if answers.asked >= ENOUGH_ANSWERS and declined >= OFTEN_DECLINED_PERCENT:
        return _("%(percent)s of 100 people who were asked would rather not say.") % {"percent": round(declined)}
    if not uses and not own_figures(asked):
        return _("No report and no figure uses the answer.")
    return ""
