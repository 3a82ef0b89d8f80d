"""What a survey says to a funder's report: shares with intervals, and how many answered and did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.kernel.coverage import Met
from alongside.kernel.indicators import Period
from alongside.kernel.surveys import BY, COVERAGE, SurveyNumber, SurveyTable
from alongside.services.surveys.models import Survey
from alongside.services.surveys.pages.results import answer_labels, group_label
from alongside.services.surveys.queries import questions_of, tables_of
from alongside.services.surveys.rules.protecting import MOST_HIDDEN, CannotBeHidden, protected
from alongside.services.surveys.rules.questionnaires import Questionnaire
from alongside.services.surveys.rules.tables import CoverageTable, Row, Table, Tables

TENTH = Decimal("0.1")


def survey_table(period: Period, asked: str, *, is_public: bool) -> SurveyTable | None:
    """The newest survey that began in the period and asks it; None without one. Inside the program's scope."""
    for survey in Survey.objects.filter(starts_on__gte=period.start, starts_on__lte=period.end):
        if _asks(questions_of(survey), asked):
            return _table(survey, asked, is_public=is_public)
    return None


def _group_of(asked: str) -> str | None:
    """What coverage is told apart by ("" for everybody together), or None if a question is asked for."""
    if asked == COVERAGE:
        return ""
    return asked.removeprefix(COVERAGE + BY) if asked.startswith(COVERAGE + BY) else None


def _asks(questionnaire: Questionnaire, asked: str) -> bool:
    group = _group_of(asked)
    if group is None:
        return asked in questionnaire.by_key
    coverage = questionnaire.coverage
    return coverage is not None and (not group or group in coverage.by)


def _table(survey: Survey, asked: str, *, is_public: bool) -> SurveyTable:
    questionnaire, tables = questions_of(survey), tables_of(survey, is_weighted=True)
    notes = list(_notes(survey, tables.sheets.count))
    if is_public and survey.closed_on is None:
        return SurveyTable(numbers=[], notes=[*notes, _("It can be published once the survey is closed.")])
    try:
        shown = protected(tables, questionnaire) if is_public else tables
    except CannotBeHidden:
        sentence = _("There are too few sheets to publish tables that don’t show what single people said.")
        return SurveyTable(numbers=[], notes=[*notes, sentence])
    return SurveyTable(numbers=list(_numbers(shown, asked, questionnaire)), notes=notes)


def _notes(survey: Survey, sheets: int) -> Iterator[str]:
    about = {
        "start": date_format(survey.starts_on, "DATE_FORMAT"),
        "end": date_format(survey.ends_on, "DATE_FORMAT"),
        "sheets": sheets,
    }
    if sheets > MOST_HIDDEN:
        yield _("From the survey of %(start)s to %(end)s, all sites together: %(sheets)s sheets.") % about
    else:
        yield _("From the survey of %(start)s to %(end)s, all sites together.") % about
    yield _(
        "Sites weigh as their contacts of these days do. "
        "Shares come with an interval that holds the true one 95 times in 100."
    )


def _numbers(tables: Tables, asked: str, questionnaire: Questionnaire) -> Iterator[SurveyNumber]:
    group = _group_of(asked)
    if group is not None:
        (coverage,) = [each for each in tables.coverage if each.by == group]
        yield from _of_coverage(coverage, questionnaire)
    else:
        (table,) = [each for each in tables.questions if each.key == asked]
        labels = answer_labels(questionnaire.by_key[asked], get_language() or "en")
        yield from (_share(row, labels[row.key]) for row in table.rows)
        yield from (_people(row, labels[row.key]) for row in (table.answered, *table.others))


def _of_coverage(coverage: CoverageTable, questionnaire: Questionnaire) -> Iterator[SurveyNumber]:
    """For each group: the share that had enough, of how many, and how many are not known."""
    for table in coverage.groups:
        name = _("Everybody")
        if coverage.by:
            name = group_label(questionnaire.by_key[coverage.by], table.key, get_language() or "en")
        for number in _of_group(table):
            key = f"{table.key}|{number.key}" if table.key else number.key
            yield replace(number, key=key, label=f"{name}: {number.label}")


def _of_group(table: Table) -> Iterator[SurveyNumber]:
    by_key = {row.key: row for row in table.all_rows()}
    unknown = by_key[Met.NOT_KNOWN.value]
    yield _share(by_key[Met.ENOUGH.value], _("a new syringe for every injection"))
    yield _people(table.answered, _("people whose coverage is known"))
    yield _people(by_key[Met.NO_NEED.value], _("people who did not inject"))
    yield _people(unknown, _("people whose coverage is not known"))
    yield _not_asked(unknown, [table.answered, by_key[Met.NO_NEED.value]])


def _not_asked(unknown: Row, others: Sequence[Row]) -> SurveyNumber:
    """The share of all sheets that coverage says nothing of."""
    is_hidden = unknown.is_hidden or any(row.is_hidden for row in others)
    everybody = unknown.count + sum(row.count for row in others)
    percent = Decimal(100 * unknown.count / everybody).quantize(TENTH) if everybody else None
    return SurveyNumber(
        key="not_known_share",
        label=_("share whose coverage is not known"),
        value=percent,
        is_percent=True,
        is_hidden=is_hidden,
    )


def _share(row: Row, label: str) -> SurveyNumber:
    share = row.share
    values = [Decimal(each).quantize(TENTH) for each in (share.percent, share.low, share.high)] if share else [None] * 3
    return SurveyNumber(
        key=row.key,
        label=label,
        value=values[0],
        low=values[1],
        high=values[2],
        is_percent=True,
        is_hidden=row.is_hidden or (share is None and row.count > 0),
    )


def _people(row: Row, label: str) -> SurveyNumber:
    return SurveyNumber(key=row.key, label=label, value=row.count, is_hidden=row.is_hidden)
