"""Lines of funders' reports that the anonymous survey answers: shares with intervals, and who is not in them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from alongside.accounts.roles import PERMISSIONS
from alongside.encounters.submissions import Sender
from alongside.kernel.clock import today
from alongside.kernel.indicators import Period
from alongside.reports.figures import Question
from alongside.reports.funders.answering import definition_of, fill
from alongside.reports.funders.answers import Answer, Filled
from alongside.reports.funders.definitions import definition_named
from alongside.reports.funders.files import shown, write_csv, write_dhis2
from alongside.reports.funders.publishing import protect
from alongside.services.surveys.actions import close_survey
from tests.programs import site_of
from tests.reports.conftest import Ledger
from tests.surveys.conftest import Fieldwork, fieldwork, questionnaire

__all__ = ["fieldwork", "questionnaire"]
pytestmark = pytest.mark.django_db
WOULD_INJECT = {"injected": "yes", "injections": "28"}


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def asked(fieldwork: Fieldwork, *, years_ago: int = 0) -> Filled:
    year = fieldwork.survey.starts_on.year - years_ago
    period = Period(start=date(year, 1, 1), end=date(year, 12, 31))
    question = Question(period=period, today=today("UTC"))
    return fill(definition_named("sharp-core"), question, said={}, program=fieldwork.program)


def line(filled: Filled, code: str) -> Answer:
    (found,) = [answer for answer in filled.answers if answer.line.code == code]
    return found


def said(answer: Answer) -> dict[str, Any]:
    return {row.key: "*" if row.is_hidden else row.value for row in answer.rows}


def fill_in(fieldwork: Fieldwork, count: int, **answers: str) -> None:
    for _number in range(count):
        fieldwork.keep(**answers)


def test_a_share_has_its_interval_and_those_who_are_not_in_it(fieldwork: Fieldwork) -> None:
    fill_in(fieldwork, 5, own_overdose="once")
    fill_in(fieldwork, 15, own_overdose="no")
    fill_in(fieldwork, 2, own_overdose="declined")
    answer = line(asked(fieldwork), "12")
    once = next(row for row in answer.rows if row.key == "once")
    assert (once.value, once.low, once.high) == (Decimal("25.0"), Decimal("11.2"), Decimal("46.9"))
    assert shown(once) == "25.0 % (11.2 to 46.9)"
    numbers = said(answer)
    assert (numbers["answered"], numbers["declined"], numbers["blank"]) == (20, 2, 0)
    assert "22 sheets" in answer.notes[0]
    assert "Wilson" in str(definition_of(answer))


def test_sites_weigh_as_their_contacts(fieldwork: Fieldwork) -> None:
    """9 of 10 contacts were at the desk, where 4 of 5 had overdosed; at the van 1 of 5."""
    van = replace(fieldwork, site=site_of(fieldwork.program, "Van"))
    for place, once in ((fieldwork, 4), (van, 1)):
        fill_in(place, once, own_overdose="once")
        fill_in(place, 5 - once, own_overdose="no")
    sender = Sender(
        program=fieldwork.program, user_id=fieldwork.boss.pk, permissions=frozenset(PERMISSIONS), door="desk"
    )
    ledger = Ledger(program=fieldwork.program, sender=sender)
    day = today(fieldwork.program.timezone) - timedelta(days=1)
    ledger.contact(day, people=9, site=fieldwork.site.name)
    ledger.contact(day, people=1, site="Van")
    assert said(line(asked(fieldwork), "12"))["once"] == Decimal("74.0")


def test_coverage_by_group_says_of_how_many_and_who_was_not_asked(fieldwork: Fieldwork) -> None:
    enough, too_few = {"acquired": "30", "given_away": "2"}, {"acquired": "20", "given_away": "0"}
    fill_in(fieldwork, 3, housing="outside", **WOULD_INJECT, **enough)
    fill_in(fieldwork, 1, housing="outside", **WOULD_INJECT, **too_few)
    fill_in(fieldwork, 4, housing="outside", **WOULD_INJECT)
    fill_in(fieldwork, 2, housing="own", injected="no")
    filled = asked(fieldwork)
    outside = {key.removeprefix("outside|"): value for key, value in said(line(filled, "coverage by housing")).items()}
    assert (outside["enough"], outside["answered"]) == (Decimal("75.0"), 4)
    assert (outside["not_known"], outside["not_known_share"]) == (4, Decimal("50.0"))
    everybody = said(line(filled, "coverage"))
    assert (everybody["enough"], everybody["no_need"]) == (Decimal("75.0"), 2)
    assert everybody["not_known_share"] == Decimal("40.0")


def test_without_a_survey_the_line_says_so(fieldwork: Fieldwork) -> None:
    fill_in(fieldwork, 3, own_overdose="once")
    answer = line(asked(fieldwork, years_ago=1), "12")
    assert [row.value for row in answer.rows] == [None]
    assert "No survey that began in this period" in answer.notes[0]


def test_publication_waits_for_the_end_and_hides_small_numbers(fieldwork: Fieldwork) -> None:
    fill_in(fieldwork, 60, own_overdose="no")
    fill_in(fieldwork, 40, own_overdose="once")
    fill_in(fieldwork, 3, own_overdose="more")
    early = line(protect(asked(fieldwork)), "12")
    assert [row.value for row in early.rows] == [None]
    assert "once the survey is closed" in early.notes[-1]
    close_survey(fieldwork.survey, by_id=fieldwork.boss.pk)
    public = protect(asked(fieldwork))
    numbers = said(line(public, "12"))
    assert numbers["more"] == "*"
    assert list(numbers.values()).count("*") > 1, "the total would give one away"
    file = io.BytesIO()
    write_csv(public, file)
    rows = [row for row in csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))) if row["code"] == "12"]
    hidden = [row for row in rows if row["key"] == "more"]
    assert [(row["value"], row["low"], row["high"]) for row in hidden] == [("*", "", "")]


def test_files_hold_it_and_dhis2_leaves_tables_out(fieldwork: Fieldwork) -> None:
    fill_in(fieldwork, 5, own_overdose="once", age="25-34")
    filled, file, document = asked(fieldwork), io.BytesIO(), io.BytesIO()
    write_csv(filled, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    (row,) = [row for row in rows if (row["code"], row["key"]) == ("14", "25-34")]
    assert (row["value"], row["high"]) == ("100.0", "100.0")
    write_dhis2(filled, document, org_unit="OU_1")
    assert b"SHARP_CORE_14" not in document.getvalue()
