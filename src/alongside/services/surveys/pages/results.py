"""A survey's tables in words, for the page and for the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.kernel.coverage import Met
from alongside.services.surveys.rules.questionnaires import Question, Questionnaire, in_language
from alongside.services.surveys.rules.tables import ANSWERED, NO_GROUP, CoverageTable, Row, Table, Tables

HEADS = ("question", "group", "answer", "count", "percent", "percent_low", "percent_high")
"""Of the file. Never translated or reordered: other programs read them."""
LABELS = {
    ANSWERED: gettext_lazy("All who answered"),
    "declined": gettext_lazy("Would rather not say"),
    "unknown": gettext_lazy("Don't know"),
    "blank": gettext_lazy("Left empty"),
    "not_asked": gettext_lazy("Not asked, because of an earlier answer"),
}
COVERED = {
    Met.ENOUGH.value: gettext_lazy("Enough: a new one for every injection"),
    Met.TOO_FEW.value: gettext_lazy("Too few: not one for every injection"),
    ANSWERED: gettext_lazy("Coverage known"),
    Met.NO_NEED.value: gettext_lazy("Did not inject"),
    Met.NOT_KNOWN.value: gettext_lazy("Not known: one of the numbers is missing"),
}
HIDDEN = "*"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of a table in words."""

    label: str
    count: str
    share: str = ""
    is_hidden: bool = False
    is_answer: bool = True


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A table for the page. `note` says who is in it."""

    title: str
    lines: Sequence[Line]
    note: str = ""


def shown_questions(tables: Tables, questionnaire: Questionnaire, language: str) -> list[Shown]:
    return [
        Shown(
            title=in_language(questionnaire.by_key[table.key].text, language),
            lines=_lines(table, answer_labels(questionnaire.by_key[table.key], language)),
            note=_("More than one answer could be chosen, so the shares add up to more than 100 %.")
            if questionnaire.by_key[table.key].kind == "several"
            else "",
        )
        for table in tables.questions
    ]


def shown_coverage(tables: Tables, questionnaire: Questionnaire, language: str) -> list[Shown]:
    return [_shown_group(each, table, questionnaire, language) for each in tables.coverage for table in each.groups]


def _shown_group(each: CoverageTable, table: Table, questionnaire: Questionnaire, language: str) -> Shown:
    title = _("Everybody")
    if each.by:
        question = questionnaire.by_key[each.by]
        title = f"{in_language(question.text, language)} {group_label(question, table.key, language)}"
    return Shown(title=title, lines=_lines(table, {key: str(text) for key, text in COVERED.items()}))


def group_label(question: Question, group: str, language: str) -> str:
    return _("No answer") if group == NO_GROUP else answer_labels(question, language)[group]


def answer_labels(question: Question, language: str) -> dict[str, str]:
    own = {choice.key: in_language(choice.text, language) for choice in question.choices}
    own |= {str(first): _band(first, following) for first, following in _bands(question)}
    return {key: str(text) for key, text in LABELS.items()} | own


def _bands(question: Question) -> Iterable[tuple[int, int | None]]:
    return zip(question.bands, [*question.bands[1:], None], strict=False)


def _band(first: int, following: int | None) -> str:
    if following is None:
        return _("%(first)s or more") % {"first": number_format(first, force_grouping=True)}
    if following == first + 1:
        return number_format(first, force_grouping=True)
    return _("%(first)s to %(last)s") % {"first": first, "last": following - 1}


def _lines(table: Table, labels: dict[str, str]) -> list[Line]:
    return [
        *(_line(row, labels) for row in table.rows),
        *(_line(row, labels, is_answer=False) for row in (table.answered, *table.others)),
    ]


def _line(row: Row, labels: dict[str, str], *, is_answer: bool = True) -> Line:
    return Line(
        label=labels[row.key],
        count=HIDDEN if row.is_hidden else number_format(row.count, force_grouping=True),
        share=_share(row) if is_answer and not row.is_hidden else "",
        is_hidden=row.is_hidden,
        is_answer=is_answer,
    )


def _share(row: Row) -> str:
    if row.share is None:
        return ""
    return _("%(share)s %% (%(low)s to %(high)s)") % {
        name: number_format(round(value)) for name, value in _parts(row).items()
    }


def _parts(row: Row) -> dict[str, float]:
    assert row.share is not None  # noqa: S101 (whoever calls has looked)
    return {"share": row.share.percent, "low": row.share.low, "high": row.share.high}


def file_rows(tables: Tables) -> Iterator[tuple[str, ...]]:
    """Keys instead of texts, so that surveys of two years can be put side by side. A hidden number is a star."""
    yield ("sheets", "", "", _count(tables.sheets), "", "", "")
    for table in tables.questions:
        yield from _file_rows(table.key, "", table)
    for each in tables.coverage:
        for table in each.groups:
            yield from _file_rows("coverage", f"{each.by}:{table.key}" if each.by else "", table)


def _file_rows(question: str, group: str, table: Table) -> Iterator[tuple[str, ...]]:
    for row in table.all_rows():
        share = [f"{value:.1f}" for value in _parts(row).values()] if row.share and not row.is_hidden else ["", "", ""]
        yield (question, group, row.key, _count(row), *share)


def _count(row: Row) -> str:
    return HIDDEN if row.is_hidden else str(row.count)
