"""A survey's tables: every question, and coverage by group. Counts are plain, shares may be weighted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alongside.kernel.coverage import Met, met_by
from alongside.services.surveys.rules.answering import Answer, told_of
from alongside.services.surveys.rules.questionnaires import NOT_ASKED, WORDS, Question, Questionnaire
from alongside.services.surveys.rules.shares import Share, weighted_share

SHEETS = "sheets"
ANSWERED = "answered"
COVERAGE = "coverage"
NO_GROUP = "no_group"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One person's answers and what they weigh."""

    answers: Mapping[str, Answer]
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An answer, how many gave it, and their share of all who answered. `cell` names the number in every table."""

    cell: str
    key: str
    count: int
    share: Share | None = None
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A question: its answers, how many answered, and who did not."""

    key: str
    rows: Sequence[Row]
    answered: Row
    others: Sequence[Row]

    def all_rows(self) -> Iterator[Row]:
        yield from (*self.rows, self.answered, *self.others)


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageTable:
    """Coverage of everybody (`by` is empty) or of the groups that one question makes: a table for each group."""

    by: str
    groups: Sequence[Table]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """All tables of a survey. The first two hold what each question came to, the last ones coverage."""

    sheets: Row
    questions: Sequence[Table]
    coverage: Sequence[CoverageTable]

    def all_rows(self) -> Iterator[Row]:
        yield self.sheets
        for table in self.questions:
            yield from table.all_rows()
        for each in self.coverage:
            for table in each.groups:
                yield from table.all_rows()

    def without(self, hidden: frozenset[str]) -> Tables:
        """With these cells hidden, and shares that would tell them."""

        def hide(row: Row) -> Row:
            return replace(row, share=None, is_hidden=True) if row.cell in hidden else row

        def hide_in(table: Table) -> Table:
            rows = [hide(row) for row in table.rows]
            answered = hide(table.answered)
            if answered.is_hidden:
                rows = [replace(row, share=None) for row in rows]
            return replace(table, rows=rows, answered=answered, others=[hide(row) for row in table.others])

        return Tables(
            sheets=hide(self.sheets),
            questions=[hide_in(table) for table in self.questions],
            coverage=[replace(each, groups=[hide_in(table) for table in each.groups]) for each in self.coverage],
        )


def make_tables(questionnaire: Questionnaire, sheets: Sequence[Sheet]) -> Tables:
    return Tables(
        sheets=Row(cell=SHEETS, key=SHEETS, count=len(sheets)),
        questions=[_of_question(question, sheets) for question in questionnaire.questions()],
        coverage=list(_coverage_tables(questionnaire, sheets)),
    )


def row_keys(question: Question) -> list[str]:
    """Its choices, or the first number of each of its bands."""
    if question.kind == "number":
        return [str(band) for band in question.bands]
    return [choice.key for choice in question.choices]


def band_starting(question: Question, number: int) -> str:
    return str(max(band for band in question.bands if band <= number))


def _of_question(question: Question, sheets: Sequence[Sheet]) -> Table:
    said = [(_keys_said(question, sheet.answers.get(question.key)), sheet) for sheet in sheets]
    answered = [(keys, sheet.weight) for keys, sheet in said if keys]
    rows = [_row(question.key, key, answered) for key in row_keys(question)]
    missing = [sheet.answers.get(question.key, NOT_ASKED) for keys, sheet in said if not keys]
    others = [Row(cell=f"{question.key}|{word}", key=word, count=missing.count(word)) for word in (*WORDS, NOT_ASKED)]
    total = Row(cell=f"{question.key}|{ANSWERED}", key=ANSWERED, count=len(answered))
    return Table(key=question.key, rows=rows, answered=total, others=others)


def _keys_said(question: Question, answer: Answer | None) -> frozenset[str]:
    """The rows of the table that an answer belongs to; none for no answer."""
    if isinstance(answer, int):
        return frozenset({band_starting(question, answer)})
    return frozenset(answer) & question.choice_keys if isinstance(answer, list) else frozenset()


def _row(name: str, key: str, answered: Sequence[tuple[frozenset[str], float]]) -> Row:
    hits = [(key in keys, weight) for keys, weight in answered]
    count = sum(is_hit for is_hit, _weight in hits)
    return Row(cell=f"{name}|{key}", key=key, count=count, share=weighted_share(hits))


def _coverage_tables(questionnaire: Questionnaire, sheets: Sequence[Sheet]) -> Iterator[CoverageTable]:
    if not (coverage := questionnaire.coverage):
        return
    told = [(told_of(sheet.answers, coverage), sheet.weight) for sheet in sheets]
    met = [(met_by(each), each.groups, weight) for each, weight in told]
    yield CoverageTable(by="", groups=[_of_group(COVERAGE, "", [(each, weight) for each, _groups, weight in met])])
    for key in coverage.by:
        groups = [*row_keys(questionnaire.by_key[key]), NO_GROUP]
        yield CoverageTable(
            by=key,
            groups=[
                _of_group(
                    f"{COVERAGE}|{key}|{group}",
                    group,
                    [(each, weight) for each, groups_of, weight in met if groups_of.get(key, NO_GROUP) == group],
                )
                for group in groups
            ],
        )


def _of_group(name: str, group: str, met: Sequence[tuple[Met, float]]) -> Table:
    known = [(frozenset({each.value}), weight) for each, weight in met if each in {Met.ENOUGH, Met.TOO_FEW}]
    return Table(
        key=group,
        rows=[_row(name, each.value, known) for each in (Met.ENOUGH, Met.TOO_FEW)],
        answered=Row(cell=f"{name}|{ANSWERED}", key=ANSWERED, count=len(known)),
        others=[
            Row(cell=f"{name}|{each.value}", key=each.value, count=sum(one is each for one, _weight in met))
            for each in (Met.NO_NEED, Met.NOT_KNOWN)
        ],
    )
