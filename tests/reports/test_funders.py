"""Reports for funders: definitions as data, numbers of the ledger, files that open again, and clear sentences."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import PERMISSIONS, Role
from alongside.encounters.submissions import Said
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import Period
from alongside.reports.figures import Question
from alongside.reports.funders import files
from alongside.reports.funders.answering import fill, period_code
from alongside.reports.funders.answers import Filled
from alongside.reports.funders.definitions import (
    OWN,
    Definition,
    Unusable,
    all_definitions,
    definition_named,
    own_folder,
    read_definition,
)
from alongside.sites.models import AuditEvent, Site
from tests import pages
from tests.programs import make_member, signed_in
from tests.reports.conftest import TODAY, YEAR, Ledger, syringes

NAMES = sorted(file.stem for file in OWN.glob("*.toml"))
Q1 = Period(start=date(2026, 1, 1), end=date(2026, 3, 31))


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    people = [ledger.person() for _ in range(3)]
    kits = Said("naloxone.kit_given", 1, {"items": {"naloxone-nasal-4mg": 2}})
    back = Said("syringes.returned", 1, {"count": 30})
    for month in (1, 2, 3):
        ledger.contact(date(2026, month, 5), syringes(40), kits, back, participant_id=people[0])
    ledger.contact(date(2026, 2, 6), syringes(60), participant_id=people[1], site="Van")
    ledger.contact(date(2026, 2, 7), kits, participant_id=people[2])
    ledger.contact(date(2026, 3, 1), Said("naloxone.reversal_reported", 1, {"doses": 2, "survived": "yes"}))
    return ledger


def ask(ledger: Ledger, name: str, period: Period = Q1, **said: str) -> Filled:
    return fill(definition_named(name), Question(period=period, today=TODAY), said=said, program=ledger.program)


def values(filled: Filled) -> dict[str, Any]:
    return {answer.line.code: answer.rows[0].value for answer in filled.answers if not answer.line.by}


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_every_definition_has_a_source_a_date_and_says_whether_it_was_checked(name: str) -> None:
    definition = definition_named(name)
    assert definition.source
    assert definition.title_es
    assert definition.read_on >= date(2026, 1, 1)
    assert not definition.layout_verified
    assert not [line.title for line in definition.lines if not line.title.strip()]


@pytest.mark.django_db
def test_utah(filled: Ledger) -> None:
    assert values(ask(filled, "utah", **{"4": "12"})) == {
        "1": 3,
        "2 counted": 90,
        "2 estimated": 0,
        "3": 180,
        "4": 12,
        "5": None,
    }


@pytest.mark.django_db
def test_shares_are_of_what_was_filled_in(filled: Ledger) -> None:
    gam = values(ask(filled, "unaids-gam", YEAR, estimated_people="48"))
    assert gam["per_person"] == Decimal("3.8")
    assert values(ask(filled, "unaids-gam", YEAR))["per_person"] is None
    assert values(ask(filled, "unaids-gam", YEAR, estimated_people="0"))["per_person"] is None
    who = values(ask(filled, "who-prv", denominator="8"))
    assert (who["PRV.8-numerator"], who["PRV.9-numerator"], who["PRV.8"]) == (2, 1, Decimal("25.0"))


@pytest.mark.django_db
def test_hawaii_accounts_for_what_is_in_storage(filled: Ledger) -> None:
    hawaii = values(ask(filled, "hawaii", Period(start=YEAR.start, end=(now() + timedelta(days=1)).date())))
    assert hawaii["return_ratio"] == Decimal("0.50")
    assert hawaii["in_storage"] == -180


@pytest.mark.django_db
def test_sites_are_those_that_had_contacts(filled: Ledger) -> None:
    assert values(ask(filled, "sharp-core"))["05"] == 2
    euda = values(ask(filled, "euda-nsp", YEAR))
    assert (euda["fixed"], euda["outreach"], euda["vending"]) == (1, 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_every_report_makes_every_file_and_it_reads_back(filled: Ledger, name: str) -> None:
    report = ask(filled, name, YEAR)
    made = {kind: made_file(report, kind) for kind in files.KINDS if kind != "pdf"}
    rows = list(csv.DictReader(io.StringIO(made["csv"].decode("utf-8-sig"))))
    assert {row["code"] for row in rows} == {answer.line.code for answer in report.answers if answer.rows}
    book = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    assert len(list(book.worksheets[0].rows)) > len(report.answers)
    document = json.loads(made["dhis2"])
    assert document["period"] == "2026"
    for value in document["dataValues"]:
        assert set(value) == {"dataElement", "value"}
    assert len({value["dataElement"] for value in document["dataValues"]}) == len(document["dataValues"])


def made_file(report: Filled, kind: str) -> bytes:
    file = io.BytesIO()
    files.KINDS[kind].write(report, file, org_unit="OU_1")
    return file.getvalue()


@pytest.mark.django_db
@pytest.mark.once
def test_paper_is_for_everybody(filled: Ledger) -> None:
    """PDF/UA: typst refuses to make it if a screen reader could not follow."""
    paper = made_file(ask(filled, "ontario-minimum"), "pdf")
    assert paper.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in paper


@pytest.mark.once
@pytest.mark.parametrize(
    ("period", "code"),
    [
        (YEAR, "2026"),
        (Q1, "2026Q1"),
        (Period(start=date(2026, 12, 1), end=date(2026, 12, 31)), "202612"),
        (Period(start=date(2026, 10, 1), end=date(2026, 12, 31)), "2026Q4"),
        (Period(start=date(2026, 2, 1), end=date(2026, 3, 31)), ""),
        (Period(start=date(2026, 2, 2), end=date(2026, 2, 28)), ""),
    ],
)
def test_periods_of_dhis2(period: Period, code: str) -> None:
    assert period_code(period) == code


@pytest.mark.django_db
def test_what_the_reader_should_know(filled: Ledger) -> None:
    Site.objects.filter(name="Van").update(is_active=False)
    said = " ".join(map(str, ask(filled, "utah", YEAR).warnings))
    for part in ("unverified", "asked for by the quarter", "not over yet", "The site Van is no longer in use"):
        assert part in said
    later = Period(start=date(2027, 1, 1), end=date(2027, 3, 31))
    assert "has not begun" in " ".join(map(str, ask(filled, "utah", later).warnings))


BROKEN = {
    "unknown": ('indicator = "distribution.needles"', "There is no figure called distribution.needles"),
    "nothing": ("", "one of: indicator, count, by_hand, numerator, survey"),
    "share": ('numerator = ["contacts.all"]', "a numerator and a denominator"),
    "hand": ('numerator = ["contacts.all"]\ndenominator = "by_hand:none"', "no number none to fill in"),
    "survey": ('survey = "Coverage by"', "by the key of a question"),
    "months": ('indicator = "contacts.all"\nevery_month = true', "Only people"),
    "field": ('indicator = "contacts.all"\ncolour = "red"', "lines, 1, colour"),
    "toml": ("indicator = ", "can't be read"),
}
HEAD = """title = "Ours"
asked_by = "Us"
edition = "1"
source = "Us"
read_on = 2026-01-01
layout_verified = true
period = "any"
[[lines]]
code = "1"
title = "One"
"""


@pytest.mark.once
@pytest.mark.parametrize("fault", BROKEN)
def test_a_definition_that_cannot_be_used_says_why_and_disturbs_no_other(fault: str) -> None:
    line, sentence = BROKEN[fault]
    own_folder().mkdir(parents=True)
    file = own_folder() / "ours.toml"
    file.write_text(HEAD + line, encoding="utf-8")
    with pytest.raises(Refusal, match=sentence):
        read_definition(file)
    every = all_definitions()
    assert [each.name for each in every if isinstance(each, Unusable)] == ["ours"]
    assert len([each for each in every if isinstance(each, Definition)]) == len(NAMES)


@pytest.mark.once
def test_a_program_adds_a_report_of_its_own() -> None:
    own_folder().mkdir(parents=True)
    (own_folder() / "ours.toml").write_text(HEAD + 'indicator = "contacts.all"', encoding="utf-8")
    assert definition_named("ours").title == "Ours"


@pytest.fixture
def coordinator(client: Client, filled: Ledger) -> Client:
    return signed_in(client, make_member(filled.program, Role.COORDINATOR))


def address(name: str, kind: str = "", **asked: str) -> str:
    parts = [name, kind] if kind else [name]
    return f"{reverse('desk:funder_file' if kind else 'desk:funder_report', args=parts)}?{urlencode(asked)}"


DAYS = {"period": "custom", "start": "2026-01-01", "end": "2026-03-31"}


@pytest.mark.django_db
def test_the_pages(coordinator: Client) -> None:
    listed = pages.read(coordinator.get(reverse("desk:funder_reports")).content).all("main")[0].text
    assert "UNAIDS" in listed
    assert "Layout unverified" in listed
    shown = pages.read(coordinator.get(address("utah", **DAYS)).content).all("main")[0].text
    assert "180" in shown
    assert "Syringe barrels handed out" in shown
    wrong = coordinator.get(address("utah", **DAYS | {"hand-4": "many"}))
    assert wrong.status_code == 422
    assert "Write a number from 0 on" in wrong.content.decode()
    assert 'value="many"' in wrong.content.decode()


@pytest.mark.django_db
def test_what_can_not_be_asked_is_a_sentence(coordinator: Client) -> None:
    reversed_days = coordinator.get(address("utah", **DAYS | {"end": "2025-12-31"}))
    assert (reversed_days.status_code, "The last day is before the first" in reversed_days.content.decode()) == (
        422,
        True,
    )
    site = coordinator.get(address("utah", **DAYS, site="99999"))
    assert (site.status_code, "not one of the program’s" in site.content.decode()) == (422, True)
    assert coordinator.get(address("nobody-asks")).status_code == 404
    assert coordinator.get(address("utah", "doc")).status_code == 404
    place = coordinator.get(address("utah", "dhis2", **DAYS))
    assert (place.status_code, "organisation unit" in place.content.decode()) == (422, True)
    odd = coordinator.get(address("utah", "dhis2", **DAYS | {"end": "2026-03-30", "org_unit": "X"}))
    assert (odd.status_code, "whole months, quarters or years" in odd.content.decode()) == (422, True)


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf", "dhis2"])
def test_a_period_in_which_nothing_happened_is_a_report_of_noughts(filled: Ledger, kind: str) -> None:
    empty = Period(start=date(2019, 1, 1), end=date(2019, 3, 31))
    report = ask(filled, "utah", empty)
    assert values(report)["3"] == 0
    assert made_file(report, kind)


@pytest.mark.django_db
def test_a_file_is_written_into_the_audit(coordinator: Client) -> None:
    answer = coordinator.get(address("utah", "csv", **DAYS | {"hand-4": "7"}))
    assert answer["Content-Disposition"] == 'attachment; filename="utah-2026-01-01-to-2026-03-31.csv"'
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {row["code"]: row["value"] for row in rows}["4"] == "7"
    event = AuditEvent.objects.get(action="reports.exported")
    assert (event.target, event.detail["report"], event.detail["aim"]) == ("csv", "utah", "submission")


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_only_who_sees_reports(client: Client, ledger: Ledger, role: Role) -> None:
    signed_in(client, make_member(ledger.program, role))
    expected = 200 if role in PERMISSIONS["reports.see"] else 403
    assert client.get(reverse("desk:funder_reports")).status_code == expected
    assert client.get(address("utah", "csv", **DAYS)).status_code == expected
