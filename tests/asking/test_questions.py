"""Every question is in the ledger, says who needs it, and can be taken out of every form at once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import Role
from alongside.encounters.answers_counted import answers_counted
from alongside.encounters.models import Encounter, Entry, QuestionTime
from alongside.encounters.outbox.versions import form_version
from alongside.encounters.questions import OF_THE_CONTACT, all_questions, question_of, remove_question
from alongside.encounters.registry import registry
from alongside.encounters.texting.contacts import contact_of
from alongside.encounters.texting.rules import Amount, Heard
from alongside.encounters.timing import FEWEST, median_seconds, note_seconds
from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.kernel.questions import check_questions
from alongside.messaging.models import Peer
from alongside.reports.catalogue import all_indicators
from alongside.reports.uses import uses_by_question
from alongside.sites.audit import record_audit
from alongside.sites.models import AuditEvent
from tests.pages import fields_in
from tests.places import Place, facts
from tests.programs import make_member, signed_in
from tests.recording.forms import form_on, opened, post, saved
from tests.recording.forms import send as send_form
from tests.sync.conftest import Send, words
from tests.sync.phone import Phone

pytestmark = pytest.mark.django_db

BACK = "syringes.returned.count"
FIRST = "naloxone.kit_given.first"
TRAINED = "naloxone.people_trained.people"
MECHANICAL = {"csrfmiddlewaretoken", "id", ""}


def take_out(place: Place, *names: str) -> None:
    for name in names:
        remove_question(name, program=place.program, by_id=place.worker.pk)


@pytest.fixture
def office(place: Place, client: Client) -> Client:
    return signed_in(Client(), make_member(place.program, Role.COORDINATOR))


def asked_on(client: Client) -> set[str]:
    """The questions of the recording form."""
    fields = fields_in(form_on(client.get(reverse("desk:record"))))
    return {question_of(name) for field in fields if (name := field.attributes.get("name", "")) not in MECHANICAL}


def test_every_field_of_the_form_is_a_question_of_the_ledger(desk: Client) -> None:
    on_form = {name for name, each in all_questions().items() if each.is_on_form and each.field != "items"}
    assert asked_on(desk) - {"items"} == on_form


@pytest.mark.once
def test_a_field_that_says_nothing_about_itself_stops_the_program() -> None:
    kind = registry.kinds["naloxone.kit_given"]
    questions = {name: each for name, each in kind.questions.items() if name != "first"}
    with pytest.raises(ValueError, match=r"kit_given.*first"):
        check_questions(kind.name, kind.payload.model_fields, questions)


@pytest.mark.once
@pytest.mark.parametrize("name", [*all_questions(), *OF_THE_CONTACT])
def test_what_an_answer_feeds_is_a_figure_that_exists(name: str) -> None:
    assert set(all_questions()[name].question.feeds) <= set(all_indicators())


@pytest.mark.once
@pytest.mark.parametrize("name", [each for each in all_questions() if "." in each])
def test_what_could_identify_is_what_erasing_takes_out(name: str) -> None:
    asked = all_questions()[name]
    assert asked.kind
    left = asked.kind.redact(dict.fromkeys(asked.kind.payload.model_fields, "x"))
    assert (asked.field not in left) == asked.question.could_identify


def test_the_page_lists_every_question_and_takes_one_out_with_one_click(
    place: Place, desk: Client, office: Client
) -> None:
    page = office.get(reverse("desk:questions")).content.decode()
    assert page.count('aria-labelledby="q-') == len(all_questions())
    assert "No report and no figure uses the answer." in page
    assert FIRST in asked_on(desk)
    before = form_version(place.program)
    office.post(reverse("desk:questions_change"), {"remove": FIRST})
    place.program.refresh_from_db()
    assert FIRST not in asked_on(desk)
    assert form_version(place.program) != before, "phones fetch the form anew"
    office.post(reverse("desk:questions_change"), {"put_back": FIRST})
    assert FIRST in asked_on(desk)
    actions = AuditEvent.objects.filter(target=FIRST).values_list("action", flat=True)
    assert list(actions) == ["questions.removed", "questions.put_back"]


@pytest.mark.parametrize("name", ["naloxone.reversal_reported.doses", "distribution.supplies_given.items", "site", "?"])
def test_what_makes_a_record_stays(place: Place, office: Client, name: str) -> None:
    answer = office.post(reverse("desk:questions_change"), {"remove": name}, follow=True)
    assert "can’t be taken out" in answer.content.decode()
    place.program.refresh_from_db()
    assert place.program.questions_removed == []


def test_all_that_can_go_is_gone_from_the_form_at_once(place: Place, desk: Client) -> None:
    names = [name for name, each in all_questions().items() if each.can_be_removed]
    take_out(place, *names)
    assert not asked_on(desk) & set(names)
    assert len(names) >= 10


def test_an_old_phones_answer_is_ignored_and_the_contact_taken(place: Place, phone: Phone, send: Send) -> None:
    take_out(place, BACK, "reached", TRAINED)
    said = {BACK: "8", "reached": "3", TRAINED: "2", "items.cooker": "1"}
    assert words(send(phone.contact(**said))) == ["accepted"]
    assert words(send(phone.contact(**{BACK: "8"}))) == ["accepted"], "nothing else was said: a visit"
    assert set(facts()) == {"Given"}
    assert set(Encounter.objects.values_list("reached", flat=True)) == {None}


def test_a_correction_keeps_what_the_form_asks_for_no_more(place: Place, desk: Client) -> None:
    contact = saved(send_form(desk, {"items.cooker": "2", BACK: "8", "reached": "3"}))
    take_out(place, BACK, "reached")
    page = reverse("desk:correct", args=[contact.pk])
    post(desk, opened(desk, page) | {"items.cooker": "3"})
    live = Encounter.objects.get(state=Encounter.State.LIVE)
    assert live.pk != contact.pk
    assert live.reached == 3
    payloads = {entry.kind: entry.payload for entry in live.entries.all()}
    assert payloads["syringes.returned"] == {"count": "8"}
    assert payloads["distribution.supplies_given"] == {"items": {"cooker": 3}}


def test_a_text_may_say_more_than_is_asked(place: Place) -> None:
    take_out(place, BACK)
    heard = Heard(
        amounts=(
            Amount(number=8, thing="said:syringes.returned:count", said="returns"),
            Amount(number=2, thing="item:cooker", said="cookers"),
        ),
        people=1,
        is_each=False,
        day=None,
    )
    contact = contact_of(heard, contact_id=uuid7(), peer=Peer(site=place.site), program=place.program, moment=now())
    assert [said.kind for said in contact.entries] == ["distribution.supplies_given"]


def test_answers_are_counted_and_declined_ones_apart(place: Place, desk: Client) -> None:
    for first in ("first", "declined", ""):
        saved(send_form(desk, {"items.naloxone-nasal-4mg": "1", FIRST: first}))
    shares = answers_counted()[FIRST]
    assert (shares.records, shares.asked, shares.declined) == (3, 2, 1)
    assert Entry.objects.count() == 3


def test_seconds_are_counters_and_nothing_else(place: Place, desk: Client, phone: Phone, send: Send) -> None:
    form = {"items.cooker": "1", "seconds": f"items:3 {BACK}:20 site:7 nonsense:3 reached:99 x"}
    saved(send_form(desk, form))
    contact = phone.contact(**form)
    send(contact)
    send(contact)
    kept = {(each.question, each.seconds): each.times for each in QuestionTime.objects.all()}
    assert kept == {("items", 3): 2, (BACK, 20): 2}, "a repeat counts once"
    assert median_seconds() == {}, "too few to say"
    note_seconds([f"{BACK}:5"] * FEWEST, program=place.program)
    assert median_seconds() == {BACK: 5}


def test_reports_that_use_an_answer_and_when(place: Place) -> None:
    assert not uses_by_question()[FIRST]
    record_audit("reports.exported", program_id=place.program.pk, by_id=None, target="csv", report="utah")
    latest = uses_by_question()[BACK][0]
    assert (latest.definition.name, latest.last_made is not None) == ("utah", True)
