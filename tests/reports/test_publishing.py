"""What is published holds no small number of people, alone or with what was published before."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.encounters.submissions import Said
from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import Period
from alongside.reports.figures import Question
from alongside.reports.funders.answering import fill
from alongside.reports.funders.answers import Filled
from alongside.reports.funders.definitions import own_folder, read_definition
from alongside.reports.funders.publishing import protect, record_publication
from alongside.reports.models import Publication
from tests.programs import make_member, signed_in
from tests.reports.conftest import TODAY, YEAR, Ledger, syringes

pytestmark = pytest.mark.django_db
Q1 = Period(start=date(2026, 1, 1), end=date(2026, 3, 31))
TABLE = """title = "Ours"
asked_by = "Us"
edition = "1"
source = "Us"
read_on = 2026-01-01
layout_verified = true
period = "any"
[[lines]]
code = "people"
title = "People"
indicator = "people.all"
[[lines]]
code = "people by site"
title = "People"
indicator = "people.all"
by = "site"
[[lines]]
code = "reversals"
title = "Reversals"
indicator = "naloxone.reversals"
[[lines]]
code = "outcomes"
title = "Reversals"
indicator = "naloxone.reversals"
by = "detail"
[[lines]]
code = "per person"
title = "Syringes for each person"
numerator = ["distribution.syringes_given"]
denominator = "people.all"
"""
OUTCOMES = {"yes": 30, "no": 2, "unknown": 14}


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    own_folder().mkdir(parents=True)
    (own_folder() / "ours.toml").write_text(TABLE, encoding="utf-8")


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """14 people at the desk, 3 of them at the van too; 46 reversals, 2 of whom died."""
    people = [ledger.person() for _ in range(14)]
    for person in people:
        ledger.contact(date(2026, 2, 5), syringes(10), participant_id=person)
    for person in people[:3]:
        ledger.contact(date(2026, 2, 6), participant_id=person, site="Van")
    for survived, times in OUTCOMES.items():
        told = [Said("naloxone.reversal_reported", 1, {"doses": 1, "survived": survived}) for _ in range(times)]
        ledger.contact(date(2026, 3, 6), *told)
    return ledger


def report(ledger: Ledger, period: Period = Q1) -> Filled:
    definition = read_definition(own_folder() / "ours.toml")
    return fill(definition, Question(period=period, today=TODAY), said={}, program=ledger.program)


def hidden(filled: Filled) -> dict[str, list[str]]:
    found = {each.line.code: [row.label or "all" for row in each.rows if row.is_hidden] for each in filled.answers}
    return {code: labels for code, labels in found.items() if labels}


def test_small_numbers_and_what_gives_them_away_are_hidden(filled: Ledger) -> None:
    protected = protect(report(filled))
    assert hidden(protected) == {
        "people by site": ["Van"],
        "outcomes": ["Nobody knows", "The person died"],
    }
    assert not hidden(report(filled))


def test_a_share_of_a_hidden_number_is_hidden_with_it(ledger: Ledger) -> None:
    for _ in range(4):
        ledger.contact(date(2026, 2, 5), syringes(10), participant_id=ledger.person())
    assert hidden(protect(report(ledger)))["per person"] == ["all"]


def test_the_same_again_may_be_published_again(filled: Ledger) -> None:
    first = protect(report(filled))
    record_publication(first, by_id=None)
    again = protect(report(filled))
    assert hidden(again) == hidden(first)
    assert list(again.warnings) == list(first.warnings)


def test_what_an_earlier_table_gives_away_can_not_be_published(filled: Ledger) -> None:
    """Once the outcome that would have to be hidden is out, the other one is known from the sum."""
    first = protect(report(filled))
    record_publication(first, by_id=None)
    publication = Publication.objects.get()
    publication.cells = {
        key: [value, is_hidden and value < 10] for key, (value, is_hidden) in publication.cells.items()
    }
    publication.save()
    with pytest.raises(Refusal, match=r"Reversals reported.*could be worked out"):
        protect(report(filled))


def test_periods_within_one_another_are_warned_of(filled: Ledger) -> None:
    record_publication(protect(report(filled)), by_id=None)
    warnings = " ".join(map(str, protect(report(filled, YEAR)).warnings))
    assert "these days overlap with them" in warnings


def test_numbers_that_changed_since_are_said(filled: Ledger) -> None:
    record_publication(protect(report(filled)), by_id=None)
    filled.contact(date(2026, 2, 5), participant_id=filled.person())
    warnings = " ".join(map(str, protect(report(filled)).warnings))
    assert "Some numbers have changed since ours was published" in warnings


def test_the_page_and_the_file(client: Client, filled: Ledger) -> None:
    signed_in(client, make_member(filled.program, Role.COORDINATOR))
    asked = {"period": "custom", "start": "2026-01-01", "end": "2026-03-31", "aim": "publication"}
    page = client.get(f"{reverse('desk:funder_report', args=['ours'])}?{urlencode(asked)}").content.decode()
    assert page.count("Hidden: a small number of people") == 3
    assert not Publication.objects.exists()
    answer = client.get(f"{reverse('desk:funder_file', args=['ours', 'csv'])}?{urlencode(asked)}")
    assert "-protected.csv" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    values = {(row["code"], row["key"]): row["value"] for row in rows}
    assert values["outcomes", "no"] == values["outcomes", "unknown"] == "*"
    assert values["outcomes", "yes"] == "30"
    assert Publication.objects.get().report == "ours"
