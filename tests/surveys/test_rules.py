"""Questions, skips, answers, shares and protection, without a database."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError
from scipy.stats import binomtest

from alongside.config.demo_surveys import random_answers
from alongside.kernel.coverage import Met, met_by
from alongside.services.surveys.rules.answering import (
    Answers,
    answers_up_to,
    asked_in,
    next_page,
    told_of,
    week_of,
)
from alongside.services.surveys.rules.protecting import CannotBeHidden, cells_of, protected
from alongside.services.surveys.rules.questionnaires import Questionnaire
from alongside.services.surveys.rules.shares import site_weights, weighted_share, wilson
from alongside.services.surveys.rules.tables import Sheet, Tables, make_tables

pytestmark = pytest.mark.once


def said(**fields: Any) -> Any:
    return lambda name: fields.get(name.replace(".", "_"), [])


def everything(questionnaire: Questionnaire, **fields: Any) -> tuple[Answers, dict[str, str]]:
    return answers_up_to(questionnaire, len(questionnaire.sections), said(**fields))


def test_the_four_kinds_of_no_answer_are_kept_apart(questionnaire: Questionnaire) -> None:
    answers, errors = everything(
        questionnaire,
        q_injected=["yes"],
        q_injections=["28"],
        q_acquired_none=["unknown"],
        q_given_away_none=["declined"],
        q_ways=["smoked", "injected"],
    )
    assert errors == {}
    assert answers["injections"] == 28
    assert (answers["acquired"], answers["given_away"], answers["used_again"]) == ("unknown", "declined", "blank")
    assert answers["ways"] == ["smoked", "injected"]


def test_who_is_not_asked_has_no_answer_whatever_an_old_page_says(questionnaire: Questionnaire) -> None:
    answers, _errors = everything(questionnaire, q_injected=["no"], q_injections=["28"], q_used_again=["never"])
    assert "injections" not in answers
    assert "used_again" not in answers


def test_pages_without_a_question_are_skipped(questionnaire: Questionnaire) -> None:
    assert next_page(questionnaire, 0, {"injected": ["yes"]}) == 1
    assert next_page(questionnaire, 0, {"injected": ["no"]}) == 2
    assert asked_in(questionnaire.sections[1], {"injected": "declined"}) == []
    assert next_page(questionnaire, len(questionnaire.sections) - 1, {}) is None


@pytest.mark.parametrize("typed", ["many", "-1", "3.5", "10001", "9" * 30])
def test_what_is_no_number_gets_a_sentence(questionnaire: Questionnaire, typed: str) -> None:
    answers, errors = everything(questionnaire, q_injected=["yes"], q_acquired=[typed])
    assert "acquired" not in answers
    assert errors["acquired"].endswith(".")


def test_made_up_choices_are_no_answer(questionnaire: Questionnaire) -> None:
    answers, _errors = everything(questionnaire, q_injected=["perhaps"], q_age=["25-34", "35-44"])
    assert answers["injected"] == "blank"
    assert answers["age"] == ["25-34"], "a question with one answer keeps the first"


def test_a_week_is_all_that_is_known_of_a_day() -> None:
    assert {week_of(date(2026, 3, day)) for day in range(2, 9)} == {date(2026, 3, 2)}


def test_every_question_and_answer_has_a_text_in_every_language(questionnaire: Questionnaire) -> None:
    assert {"en", "es"} <= set(questionnaire.languages)
    lacking = questionnaire.model_dump()
    del lacking["sections"][2]["questions"][0]["choices"][1]["text"]["es"]
    with pytest.raises(ValidationError, match="own_overdose, once has no text in es"):
        Questionnaire.model_validate(lacking)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"question": "age", "any_of": ["25-34"]}, "no earlier page has such a question"),
        ({"question": "injected", "any_of": ["perhaps"]}, "no earlier page has such a question"),
        ({"question": "ways", "any_of": ["smoked"]}, "no earlier page has such a question"),
    ],
)
def test_a_skip_that_leads_nowhere_is_refused(
    questionnaire: Questionnaire, change: dict[str, Any], complaint: str
) -> None:
    data = questionnaire.model_dump()
    data["sections"][1]["questions"][0]["asked_if"] = change
    with pytest.raises(ValidationError, match=complaint):
        Questionnaire.model_validate(data)


@pytest.mark.parametrize(
    ("answers", "met"),
    [
        ({"injected": ["yes"], "injections": 28, "acquired": 28, "given_away": 0}, Met.ENOUGH),
        ({"injected": ["yes"], "injections": 28, "acquired": 40, "given_away": 20}, Met.TOO_FEW),
        ({"injected": ["no"]}, Met.NO_NEED),
        ({"injected": ["yes"], "injections": 0, "acquired": 5, "given_away": 5}, Met.NO_NEED),
        ({"injected": ["yes"], "injections": "blank", "acquired": 28, "given_away": 0}, Met.NOT_KNOWN),
        ({"injected": ["yes"], "injections": 28, "acquired": 28, "given_away": "declined"}, Met.NOT_KNOWN),
        ({"injected": "declined"}, Met.NOT_KNOWN),
        ({}, Met.NOT_KNOWN),
    ],
)
def test_coverage_of_one_person(questionnaire: Questionnaire, answers: Answers, met: Met) -> None:
    assert questionnaire.coverage
    assert met_by(told_of(answers, questionnaire.coverage)) is met


@pytest.mark.parametrize(("hits", "of"), [(0, 5), (3, 10), (50, 210), (7, 7)])
def test_intervals_are_wilsons(hits: int, of: int) -> None:
    share, known = wilson(hits, of), binomtest(hits, of).proportion_ci(method="wilson")
    assert share
    assert (share.low, share.high) == pytest.approx((100 * known.low, 100 * known.high), abs=1e-9)
    assert weighted_share([(number < hits, 2.5) for number in range(of)]) == pytest.approx(
        share
    ) or share.percent == pytest.approx(100 * hits / of)


def test_weights_count_sites_as_their_contacts() -> None:
    weights = site_weights({1: 90, 2: 10}, {1: 50, 2: 50})
    assert weights == pytest.approx({1: 0.5 / 0.9, 2: 0.5 / 0.1})
    assert sum({1: 90, 2: 10}[site] * weight for site, weight in weights.items()) == pytest.approx(100)
    assert site_weights({1: 90, 2: 10}, {1: 50}) == {1: 1.0, 2: 1.0}, "nobody knows what site 2's sheets stand for"
    even, eager = weighted_share([(True, 1), (False, 1)]), weighted_share([(True, 1), (False, 3)])
    assert even
    assert eager
    assert eager.percent == pytest.approx(25)
    assert eager.high - eager.low > 0


def some_tables(questionnaire: Questionnaire, count: int) -> Tables:
    dice = Random(7)
    return make_tables(questionnaire, [Sheet(answers=random_answers(questionnaire, dice)) for _number in range(count)])


def test_every_sheet_is_in_every_table_once(questionnaire: Questionnaire) -> None:
    tables = some_tables(questionnaire, 300)
    for table in tables.questions:
        assert table.answered.count + sum(row.count for row in table.others) == 300, table.key
    for each in tables.coverage:
        assert sum(row.count for group in each.groups for row in (group.answered, *group.others)) == 300, each.by


def test_what_is_said_of_the_tables_is_true(questionnaire: Questionnaire) -> None:
    """Protection that reckons with a relation which does not hold protects nothing."""
    cells = cells_of(some_tables(questionnaire, 300), questionnaire)
    for relation in cells.relations:
        total = sum(times * cells.values[key] for key, times in relation.terms.items())
        assert relation.low <= total <= relation.high, relation


def test_small_numbers_are_hidden_and_can_not_be_worked_out(questionnaire: Questionnaire) -> None:
    from alongside.science.disclosure.audit import too_well_known

    tables = some_tables(questionnaire, 210)
    shown = protected(tables, questionnaire)
    rows = list(shown.all_rows())
    assert not [row for row in rows if 1 <= row.count <= 10 and not row.is_hidden]
    assert not [row for row in rows if row.is_hidden and row.share]
    assert sum(not row.is_hidden and row.count > 10 for row in rows) > 30, "something is left to read"
    hidden = frozenset(row.cell for row in rows if row.is_hidden)
    assert too_well_known(cells_of(tables, questionnaire), hidden, spread=3) == {}


def test_a_survey_of_a_few_is_not_published(questionnaire: Questionnaire) -> None:
    answers, _errors = everything(questionnaire, q_injected=["yes"], q_injections=["5"])
    one = make_tables(questionnaire, [Sheet(answers=answers)])
    try:
        shown = protected(one, questionnaire)
    except CannotBeHidden:
        return
    assert all(row.is_hidden or row.count == 0 for row in shown.all_rows())
