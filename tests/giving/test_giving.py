"""What a program gives back holds nothing about anybody, costs the ledger nothing, and never changes."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.jobs.specs import Work
from alongside.kernel import clock
from alongside.kernel.ids import uuid7
from alongside.reports.giving import releasing
from alongside.reports.giving.figures import figures_given
from alongside.reports.giving.opening import close_page, open_page
from alongside.reports.giving.releasing import EPSILON, quarters_over, release, release_everywhere
from alongside.reports.models import GiveBack, Released
from alongside.sites.audit import record_audit
from alongside.sites.models import AuditEvent, Program
from tests.giving.conftest import MAY, PEOPLE, REVERSALS
from tests.programs import make_member, signed_in
from tests.reports.conftest import Ledger

pytestmark = pytest.mark.django_db

FAR = 40
"""Further from the truth than a draw ever is: once in a thousand million."""


def address(program: Program, language: str = "en") -> str:
    return reverse("public:give_back_in", args=[program.slug, language])


def numbers() -> dict[tuple[str, str], int | None]:
    rows = Released.objects.values_list("start", "indicator", "value")
    return {(start.isoformat(), name): value for start, name, value in rows}


@pytest.fixture
def office(busy: Ledger) -> Client:
    return signed_in(Client(), make_member(busy.program, Role.COORDINATOR))


def test_a_quarter_is_published_two_weeks_after_its_end(busy: Ledger) -> None:
    assert quarters_over(date(2026, 4, 14))[-1].end == date(2025, 12, 31)
    assert quarters_over(date(2026, 4, 15))[-1].end == date(2026, 3, 31)
    assert release(busy.program) == len(figures_given())
    assert {start for start, _name in numbers()} == {"2026-01-01"}, "nothing is said of the time before the program"


def test_supplies_are_exact_few_are_unsaid_and_people_get_noise(busy: Ledger) -> None:
    release(busy.program)
    found = {name: value for (_start, name), value in numbers().items()}
    assert found["distribution.syringes_given"] == PEOPLE * 10
    assert found["syringes.returned_counted"] is None, "6 can be one person’s"
    assert found["contacts.all"] == PEOPLE + 1
    people, reversals = found["people.all"], found["naloxone.reversals"]
    assert people is not None
    assert abs(people - PEOPLE) < FAR
    assert reversals is not None
    assert abs(reversals - REVERSALS) < FAR
    spent = Released.objects.exclude(epsilon=None).values_list("indicator", "epsilon", "within")
    assert set(spent) == {("people.all", EPSILON, 6), ("naloxone.reversals", EPSILON, 6)}


def test_a_number_is_drawn_once_whatever_happens(busy: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read again, after a correction, after closing, and by a process that looked at the same moment."""
    open_page(busy.program, by_id=None)
    before = numbers()
    busy.contact(date(2026, 2, 7), participant_id=busy.person())
    close_page(busy.program, by_id=None)
    open_page(busy.program, by_id=None)
    release_everywhere(Work(job_id=uuid7(), payload={}, attempt=1, report_progress=lambda done, total: None))
    monkeypatch.setattr(releasing.Released.objects, "filter", lambda **_: Released.objects.none())
    releasing._release_quarter(quarters_over(MAY.date())[-1], busy.program)
    monkeypatch.undo()
    assert numbers() == before
    row = Released.objects.exclude(epsilon=None).first()
    assert row
    with pytest.raises(IntegrityError), transaction.atomic():
        Released.objects.create(
            program=busy.program, indicator=row.indicator, start=row.start, end=row.end, value=1, made_at=MAY
        )


def test_without_opendp_people_are_left_out_and_said_so(
    busy: Ledger, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("alongside.reports.giving.releasing", "alongside.desk.giving.views"):
        monkeypatch.setattr(f"{module}.can_draw", lambda: False)
    open_page(busy.program, by_id=None)
    assert {"people.all", "naloxone.reversals"}.isdisjoint(name for _start, name in numbers())
    assert "alongside[privacy]" in office.get(reverse("desk:give_back")).content.decode()
    monkeypatch.undo()
    release(busy.program)
    assert ("2026-01-01", "people.all") in numbers(), "they come once it is installed"


def test_a_closed_page_looks_like_none(busy: Ledger, client: Client) -> None:
    missing = client.get(reverse("public:give_back", args=["nobody"]))
    closed = client.get(address(busy.program))
    assert (missing.status_code, closed.status_code) == (404, 404)
    open_page(busy.program, by_id=None)
    assert client.get(address(busy.program)).status_code == 200
    assert client.get(address(busy.program, "xx")).status_code == 404
    close_page(busy.program, by_id=None)
    assert client.get(address(busy.program)).status_code == 404


def test_anybody_reads_what_was_published_in_their_language(busy: Ledger, client: Client) -> None:
    record_audit("reports.exported", program_id=busy.program.pk, by_id=None, target="csv", report="utah")
    open_page(busy.program, by_id=None)
    page = client.get(address(busy.program)).content.decode()
    for words in ("400", "about ", "10 or fewer", "So that naloxone is ordered in time", "Utah", "What we never ask"):
        assert words in page
    assert "privacy budget" in page
    Program.objects.filter(pk=busy.program.pk).update(name_es="Puerto y Amigos")
    spanish = client.get(reverse("public:give_back", args=[busy.program.slug]), headers={"accept-language": "es"})
    assert "jeringas estériles entregadas" in spanish.content.decode()
    assert "Puerto y Amigos" in spanish.content.decode()
    assert "public" in spanish["Cache-Control"]


def test_a_question_taken_out_is_off_the_page(busy: Ledger, client: Client) -> None:
    open_page(busy.program, by_id=None)
    question = "What happened to the last kit"
    assert question in client.get(address(busy.program)).content.decode()
    Program.objects.filter(pk=busy.program.pk).update(questions_removed=["naloxone.kit_given.why"])
    assert question not in client.get(address(busy.program)).content.decode()


def test_a_visitor_costs_the_ledger_nothing(busy: Ledger, client: Client) -> None:
    open_page(busy.program, by_id=None)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address(busy.program))
    tables = {part.strip('"') for each in asked for part in each["sql"].split() if part.startswith('"')}
    assert {each.split('"')[0] for each in tables if "_" in each and "." not in each} <= {
        "sites_program",
        "reports_giveback",
        "reports_released",
        "checkins_protocol",
    }
    assert len(asked) == 4


def test_the_office_opens_it_sees_the_budget_and_prints_the_poster(busy: Ledger, office: Client) -> None:
    page = reverse("desk:give_back")
    assert office.get(reverse("desk:give_back_poster", args=["en"])).status_code == 302, "nothing is published yet"
    office.post(reverse("desk:give_back_change"), {"open": "1"})
    office.post(reverse("desk:give_back_change"), {"address": "https://give.example.org/"})
    shown = office.get(page).content.decode()
    assert f"https://give.example.org{reverse('public:give_back', args=[busy.program.slug])}" in shown
    assert "± 6" in shown
    for language in ("en", "es"):
        answer = office.get(reverse("desk:give_back_poster", args=[language]))
        words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
        assert f"give.example.org{reverse('public:give_back', args=[busy.program.slug])}" in "".join(words.split())
    assert office.post(reverse("desk:give_back_change"), {"address": "nowhere land"}).status_code == 422
    office.post(reverse("desk:give_back_change"), {"close": "1"})
    assert not GiveBack.objects.get().is_open
    actions = set(AuditEvent.objects.filter(action__startswith="giving").values_list("action", flat=True))
    assert actions == {"giving.opened", "giving.released", "giving.address_changed", "giving.closed"}


def test_a_year_of_quarters_at_most(busy: Ledger) -> None:
    with clock.set_to(MAY + timedelta(days=400)):
        release(busy.program)
    assert len({start for start, _name in numbers()}) == releasing.QUARTERS
