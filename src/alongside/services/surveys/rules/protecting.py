"""A survey's tables for the public: small numbers hidden, with everything that would give them away.

All tables are published together, once the survey is closed, and looked at as one: totals link them, and so does who
was asked what.
"""

from __future__ import annotations

from collections.abc import Iterator

from alongside.kernel.coverage import Met
from alongside.science.disclosure.tables import Relation, covered_by, small, total_of, within
from alongside.science.disclosure.tables import Tables as Cells
from alongside.services.surveys.rules.questionnaires import NOT_ASKED, WORDS, Question, Questionnaire
from alongside.services.surveys.rules.tables import (
    ANSWERED,
    COVERAGE,
    NO_GROUP,
    SHEETS,
    Tables,
    row_keys,
)

MOST_HIDDEN = 10
SPREAD = 3


class CannotBeHidden(Exception):
    """A number of this survey could be worked out whatever else is hidden."""


def protected(tables: Tables, questionnaire: Questionnaire) -> Tables:
    """Raises CannotBeHidden, so that nothing is published that the audit can see through."""
    from alongside.science.disclosure.audit import too_well_known
    from alongside.science.disclosure.suppression import Unprotectable, Wish, cells_to_hide

    cells = cells_of(tables, questionnaire)
    try:
        hidden = cells_to_hide(cells, Wish(small=small(cells, most=MOST_HIDDEN, among=cells.values), spread=SPREAD))
    except Unprotectable as error:
        raise CannotBeHidden(error.key) from error
    if narrow := too_well_known(cells, hidden, spread=SPREAD):
        raise CannotBeHidden(min(narrow))
    return tables.without(hidden)


def cells_of(tables: Tables, questionnaire: Questionnaire) -> Cells:
    """Every number with what anybody knows of how they hang together."""
    relations = [relation for question in questionnaire.questions() for relation in _of_question(question)]
    relations += _of_coverage(questionnaire)
    return Cells(values={row.cell: row.count for row in tables.all_rows()}, relations=tuple(relations))


def _of_question(question: Question) -> Iterator[Relation]:
    name, rows = question.key, [f"{question.key}|{key}" for key in row_keys(question)]
    answered = f"{name}|{ANSWERED}"
    yield total_of(SHEETS, [answered, *(f"{name}|{word}" for word in (*WORDS, NOT_ASKED))])
    if question.kind == "several":
        yield covered_by(answered, rows)
        yield from (within(answered, row) for row in rows)
    else:
        yield total_of(answered, rows)
    if question.asked_if:
        yes = {f"{question.asked_if.question}|{key}": -1 for key in question.asked_if.any_of}
        yield Relation({SHEETS: 1, f"{name}|{NOT_ASKED}": -1, **yes})


def _of_coverage(questionnaire: Questionnaire) -> Iterator[Relation]:
    if not (coverage := questionnaire.coverage):
        return
    yield from _of_coverage_table(COVERAGE, {SHEETS: 1})
    for key in coverage.by:
        groups = {group: f"{COVERAGE}|{key}|{group}" for group in (*row_keys(questionnaire.by_key[key]), NO_GROUP)}
        for group, name in groups.items():
            everybody = {SHEETS: 1, f"{key}|{ANSWERED}": -1} if group == NO_GROUP else {f"{key}|{group}": 1}
            yield from _of_coverage_table(name, everybody)
        for met in (*(each.value for each in Met), ANSWERED):
            yield total_of(f"{COVERAGE}|{met}", [f"{name}|{met}" for name in groups.values()])
    none, first = coverage.no_injections, questionnaire.by_key[coverage.injections].bands
    if none and first[1:2] == (1,):
        nobody = [f"{none.question}|{key}" for key in none.any_of]
        yield total_of(f"{COVERAGE}|{Met.NO_NEED.value}", [*nobody, f"{coverage.injections}|0"])


def _of_coverage_table(name: str, everybody: dict[str, int]) -> Iterator[Relation]:
    known = f"{name}|{ANSWERED}"
    yield total_of(known, [f"{name}|{met.value}" for met in (Met.ENOUGH, Met.TOO_FEW)])
    parts = [known, f"{name}|{Met.NO_NEED.value}", f"{name}|{Met.NOT_KNOWN.value}"]
    yield Relation({**dict.fromkeys(parts, 1), **{cell: -times for cell, times in everybody.items()}})
