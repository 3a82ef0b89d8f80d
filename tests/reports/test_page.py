"""The page of reports: who may see it, what it says, and what it does with what it can't read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from alongside.accounts.roles import PERMISSIONS, Role
from alongside.encounters.submissions import Said
from alongside.kernel.clock import today
from alongside.reports.catalogue import listed_indicators
from alongside.reports.rolling import roll_up_program
from alongside.sites.models import AuditEvent
from tests import pages
from tests.programs import make_member, signed_in, site_of
from tests.reports.conftest import Ledger, add_area, make_ledger, syringes

pytestmark = pytest.mark.django_db
MOST_QUERIES = 32
"""Of a year that was counted before: the same for a thousand contacts and for a million."""


@pytest.fixture
def coordinator(client: Client, ledger: Ledger) -> Client:
    return signed_in(client, make_member(ledger.program, Role.COORDINATOR))


def address(name: str = "desk:reports", *parts: str, **asked: str) -> str:
    return f"{reverse(name, args=parts)}?{urlencode(asked)}"


def shown(client: Client, status: int = 200, **asked: str) -> str:
    response = client.get(address(**asked))
    assert response.status_code == status
    return pages.read(response.content).all("main")[0].text


def recently(days: int = 0) -> date:
    return today("America/New_York") - timedelta(days=days)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", ["desk:reports", "desk:reports_chart", "desk:reports_file"])
def test_only_who_sees_reports(client: Client, ledger: Ledger, name: str, role: Role) -> None:
    signed_in(client, make_member(ledger.program, role))
    status = client.get(address(name, *(["csv"] if name.endswith("file") else []))).status_code
    assert status == (200 if role in PERMISSIONS["reports.see"] else 403)


def test_a_stranger_is_asked_to_sign_in(client: Client, ledger: Ledger) -> None:
    assert client.get(address()).status_code == 302


def test_every_figure_has_its_tile_and_definition(coordinator: Client, ledger: Ledger) -> None:
    ledger.contact(recently(), syringes(1500))
    text = shown(coordinator)
    for indicator in listed_indicators():
        is_shown = not indicator.shown_with
        assert (str(indicator.title) in text) == is_shown
        assert (str(indicator.definition) in text) == is_shown
        assert (str(indicator.source) in text) == is_shown
    assert "1,500" in text


def test_a_rooms_figures_are_shown_where_there_is_a_room(coordinator: Client, ledger: Ledger) -> None:
    """Also that nobody died."""
    ledger.contact(recently(), Said("consumption_room.visit", 1, {"uses": 1}))
    text = shown(coordinator)
    assert "Visits to the room" in text
    assert "Deaths in the room" in text


def test_one_figure_by_month_site_and_service(coordinator: Client, ledger: Ledger) -> None:
    ledger.contact(recently(), syringes(10))
    ledger.contact(recently(), Said("syringes.returned", 1, {"count": 3}), site="Van")
    text = shown(coordinator, figure="contacts.all")
    for part in ("so far", "By site", "Front desk 1", "Van 1", "By service", "Supplies 1", "Syringes back 1"):
        assert part in text


def test_a_month_that_nobody_knows_is_said(coordinator: Client, ledger: Ledger) -> None:
    add_area(ledger.program, "Pawtucket")
    kits = Said("naloxone.kit_given", 1, {"items": {"naloxone-kit-unrecorded": 40}})
    ledger.contact(date(2015, 6, 1), kits, site="Pawtucket", precision="y", people=None, moves_stock=False)
    text = shown(coordinator, period="all", figure="naloxone.units_given")
    assert "2015, month not recorded 40" in text
    assert "1 record does not say how many people it stands for." in text
    assert "January 2015" not in text


def test_nothing_recorded_is_said(coordinator: Client) -> None:
    assert "Nothing was recorded in this period" in shown(coordinator)


def test_other_programs_never_appear(coordinator: Client, ledger: Ledger) -> None:
    other = make_ledger("Elsewhere")
    with scope(program=other.program):
        add_area(other.program, "Far Town")
        other.contact(recently(), syringes(77), site="Far Town", participant_id=other.person())
        roll_up_program(other.program)
    ledger.contact(recently(), syringes(5))
    for text in (shown(coordinator), coordinator.get(address("desk:reports_file", "csv")).getvalue().decode()):
        assert "Far Town" not in text
        assert "77" not in text
    theirs = site_of(other.program, "Far Town").pk
    assert "This site is not one of the program’s." in shown(coordinator, status=422, site=str(theirs))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"period": "custom"}, "Choose the first and the last day."),
        ({"period": "custom", "start": "2026-13-01", "end": "2026-01-01"}, "Write a date, such as 2026-03-31."),
        ({"period": "custom", "start": "1900-01-01", "end": "2026-01-01"}, "Choose a day from 2000 to"),
        ({"period": "custom", "start": "2026-01-01", "end": "2999-01-01"}, "Choose a day from 2000 to"),
        ({"period": "custom", "start": "2026-02-01", "end": "2026-01-01"}, "The last day is before the first."),
        ({"period": "someday"}, "Select a valid choice."),
        ({"site": "999999999999999999999"}, "This site is not one of the program’s."),
        ({"site": "<script>"}, "This site is not one of the program’s."),
        ({"figure": "contacts.by_service"}, "There is no such figure."),
    ],
)
def test_what_can_not_be_read_is_said(coordinator: Client, asked: dict[str, str], sentence: str) -> None:
    assert sentence in shown(coordinator, status=422, **asked)
    assert coordinator.get(address("desk:reports_chart", **asked)).status_code == 404
    assert coordinator.get(address("desk:reports_file", "csv", **asked)).status_code == 422


def test_days_of_ones_own_are_kept(coordinator: Client, ledger: Ledger) -> None:
    ledger.contact(date(2026, 3, 4), syringes(5))
    response = coordinator.get(address(period="custom", start="2026-03-01", end="2026-03-10"))
    page = pages.read(response.content)
    values = {node.attributes.get("name"): node.attributes.get("value") for node in page.all("input")}
    assert (values["start"], values["end"]) == ("2026-03-01", "2026-03-10")
    links = [node.attributes["href"] for node in page.all("a") if "figure=" in node.attributes.get("href", "")]
    assert links
    assert all("start=2026-03-01" in link for link in links)


def test_the_chart_is_a_picture_without_style_or_script(coordinator: Client, ledger: Ledger) -> None:
    ledger.contact(recently(), syringes(5))
    for theme in ("light", "dark"):
        for shape in ("wide", "narrow"):
            response = coordinator.get(address("desk:reports_chart", theme=theme, shape=shape))
            assert response["Content-Type"] == "image/svg+xml"
            tree = ET.fromstring(response.content)  # noqa: S314 - our own picture
            assert tree.tag == "{http://www.w3.org/2000/svg}svg"
            names = {node.tag.partition("}")[2] for node in tree.iter()}
            assert names.isdisjoint({"style", "script", "image", "foreignObject"})
            assert not any(name == "style" or name.startswith("on") for node in tree.iter() for name in node.attrib)
    assert coordinator.get(address("desk:reports_chart", theme="pink")).status_code == 404
    assert coordinator.get(address("desk:reports_chart", shape="round")).status_code == 404


def test_a_file_is_named_and_audited(coordinator: Client, ledger: Ledger) -> None:
    ledger.contact(recently(), syringes(5))
    response = coordinator.get(address("desk:reports_file", "xlsx", period="this_year"))
    year = recently().year
    assert f'filename="report-{year}-01-01-to-{year}-12-31.xlsx"' in response["Content-Disposition"]
    assert response.getvalue().startswith(b"PK")
    event = AuditEvent.objects.get(action="reports.exported")
    assert (event.target, event.detail["start"]) == ("xlsx", f"{year}-01-01")
    assert coordinator.get(address("desk:reports_file", "pdf")).status_code == 404


@pytest.mark.parametrize("name", ["desk:reports", "desk:reports_chart"])
def test_nothing_is_changed_by_a_post(coordinator: Client, name: str) -> None:
    assert coordinator.post(address(name)).status_code == 405


def test_spanish_has_its_own_numbers_and_months(coordinator: Client, ledger: Ledger) -> None:
    ledger.contact(recently(), syringes(15000))
    coordinator.cookies["alongside_language"] = "es"
    response = coordinator.get(address())
    page = pages.read(response.content)
    assert page.all("html")[0].attributes["lang"] == "es"
    names = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre")
    assert any(name in page.text.lower() for name in names)


def test_questions_to_the_database_do_not_grow(coordinator: Client, ledger: Ledger) -> None:
    for number in range(12):
        ledger.contact(recently(number * 31), syringes(5), participant_id=ledger.person())
    roll_up_program(ledger.program)
    coordinator.get(address())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        coordinator.get(address())
    assert len(queries) <= MOST_QUERIES, [query["sql"][:90] for query in queries]
