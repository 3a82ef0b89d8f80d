"""Lines of a funder's report that a survey answers: never from single visits, never linked to them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.encounters.registry import registry
from alongside.kernel.indicators import Period
from alongside.kernel.surveys import SurveyTable
from alongside.reports.coverage import Measure
from alongside.reports.funders.answers import Answer, Row
from alongside.reports.funders.definitions import Line

SHARES = Measure(
    name="surveys.share",
    version=1,
    title=gettext_lazy("What people said in a survey"),
    definition=gettext_lazy(
        "Of the people who answered a question of the survey: the share who gave each answer, with an interval "
        "that holds the true one 95 times in 100 (Wilson). Sites weigh as many as they had contacts in the days of "
        "the survey, if every one had some; the interval is that of the effective number of answers (Kish). Who "
        "declined, did not know, left it empty or was not asked is counted beside it."
    ),
    denominator=gettext_lazy("People who answered the question."),
    source=gettext_lazy("The newest anonymous survey that began in the period. It is linked to no contact."),
)
COVERAGE_BY_GROUP = Measure(
    name="surveys.coverage",
    version=1,
    title=gettext_lazy("Coverage of each person, by group"),
    definition=gettext_lazy(
        "For everybody and for each group (such as people without housing): the share who had a new syringe for every "
        "injection of the last 14 days, with an interval that holds the true one 95 times in 100; how many people "
        "that is of; how many did not inject; and of how many, and what share, it is not known because a number was "
        "not told or not asked."
    ),
    denominator=gettext_lazy("People of the group who injected and said all three numbers."),
    source=gettext_lazy("The newest anonymous survey that began in the period (as coverage.person)."),
)
MEASURES = (SHARES, COVERAGE_BY_GROUP)


def measure_of(asked: str) -> Measure:
    return COVERAGE_BY_GROUP if asked.partition(" ")[0] == "coverage" else SHARES


def answer_from_survey(line: Line, period: Period, *, is_public: bool = False) -> Answer:
    """Inside the program's scope. Without a survey the line has no number, and says why."""
    table = _table(period, line.survey, is_public=is_public)
    if table is None:
        return Answer(line=line, rows=[Row()], notes=[_("No survey that began in this period asked it.")])
    rows = [
        Row(
            key=each.key,
            label=each.label,
            value=each.value,
            low=None if each.is_hidden else each.low,
            high=None if each.is_hidden else each.high,
            is_percent=each.is_percent,
            is_hidden=each.is_hidden,
        )
        for each in table.numbers
    ]
    return Answer(line=line, rows=rows or [Row()], notes=list(table.notes))


def _table(period: Period, asked: str, *, is_public: bool) -> SurveyTable | None:
    for service in registry:
        if service.survey_table and (table := service.survey_table(period, asked, is_public=is_public)):
            return table
    return None
